import { generateNodeFiles } from "../../pve-model/generate";
import type { NodeFiles, PveVersion, RunningConfig } from "../../pve-model/types";
import type { Faults } from "./faults";
import { gatherNodeInput } from "./node-input";
import type { NodeShell, ShellResult } from "./node-shell";
import type { TaskLog } from "./tasks";

/** A node's own part of an apply. */
export interface NodeReload {
  shell: NodeShell;
  version: PveVersion;
  node: string;
  runningConfig: RunningConfig;
  /** Whether frr.conf is generated and loaded too. */
  regenerateFrr: boolean;
  faults: Faults;
}

/** Above what emulation needs (ifreload 4 s, frr-reload 2 s) by far; below what a user waits for. */
const stepMs = 240_000;

/**
 * PVE's worker `srvreload`: `interfaces.d/sdn`, `ifreload -a`, then `frr.conf` as a whole with
 * `frr.conf.local` merged in, and `frr-reload.py`; FRR is restarted when that fails.
 * @throws with the text that the task ends in. What was done before stays.
 */
export async function reloadNode(reload: NodeReload, log: TaskLog): Promise<void> {
  const { shell, node, faults } = reload;
  const input = await gatherNodeInput(shell, node, reload.runningConfig);
  const files = generateNodeFiles(reload.version, input);
  for (const warning of files.warnings) log.warning(warning);
  await reloadInterfaces(reload, files, log);
  if (!reload.regenerateFrr) return;
  if (files.frrError !== null) throw new Error(files.frrError);
  if (files.frrConf === null) return;
  if (faults.frrFails.includes(node)) {
    throw new Error("unable to write '/etc/frr/frr.conf.tmp' - No space left on device");
  }
  const broken = faults.frrReloadFails.includes(node);
  const result = await shell.run(node, frrScript(files.frrConf, broken), stepMs);
  unreached(result);
  for (const line of linesOf(result.stdout)) {
    if (line.startsWith("WARN: ")) log.warning(line.slice("WARN: ".length));
    else log.line(line);
  }
  if (result.code !== 0)
    throw new Error(result.stderr.trim() || "unable to write '/etc/frr/frr.conf'");
}

async function reloadInterfaces(reload: NodeReload, files: NodeFiles, log: TaskLog): Promise<void> {
  const { shell, node, faults } = reload;
  if (files.interfacesDSdn === null) throw new Error(files.frrError ?? "no SDN configuration");
  const broken = faults.ifreloadFails.includes(node);
  const result = await shell.run(node, interfacesScript(files.interfacesDSdn, broken), stepMs);
  unreached(result);
  // PVE shows these lines alone, with the interface's name in front.
  for (const line of linesOf(result.stdout)) {
    const name = /(?:warning|error): (\S+):/.exec(line)?.[1];
    if (name !== undefined) log.line(`${name} : ${line} `);
  }
  if (result.code !== 0) {
    throw new Error(`command 'ifreload -a' failed: exit code ${result.code}`);
  }
}

function interfacesScript(text: string, broken: boolean): string {
  const ifreload = broken
    ? "echo 'error: vnet: asked for by faults.json'; exit 1"
    : "exec timeout -k 5 200 ifreload -a </dev/null 2>&1";
  return [...writing("/etc/network/interfaces.d/sdn", text, "644 root root"), ifreload, ""].join(
    "\n",
  );
}

// FRR's own tools keep their output open in daemons that they start, so theirs goes to files.
function frrScript(text: string, broken: boolean): string {
  const reload = "/usr/lib/frr/frr-reload.py --stdout --reload /etc/frr/frr.conf";
  return [
    ...writing("/etc/frr/frr.conf", text, "640 frr frr"),
    "if [ ! -e /usr/lib/frr/frr-reload.py ]; then",
    "  echo 'WARN: missing /usr/lib/frr/frr-reload.py. Please install frr-pythontools package'",
    "  exit 0",
    "fi",
    `if ${broken ? "false" : `timeout -k 5 120 ${reload} </dev/null >/run/frr-reload.out 2>/run/frr-reload.err`}; then exit 0; fi`,
    "grep ERROR: /run/frr-reload.err 2>/dev/null",
    "echo 'frr reload command fail. Restarting frr.'",
    "timeout -k 5 100 /usr/lib/frr/frrinit.sh restart </dev/null >/run/frr-restart.out 2>&1",
    "exit 0",
    "",
  ].join("\n");
}

/** Shell lines that replace a file as a whole; `mode` is `MODE OWNER GROUP`. */
function writing(file: string, text: string, mode: string): string[] {
  const [bits, owner, group] = mode.split(" ");
  const end = "END-OF-FILE-FROM-THE-STAND-IN";
  return [
    // The same name with a dot in front: ifupdown2 reads every name that has none.
    `new=$(dirname ${file})/.$(basename ${file}).new`,
    `cat >"$new" <<'${end}' || exit 1`,
    text.replace(/\n$/, ""),
    end,
    `chmod ${bits} "$new" && chown ${owner}:${group} "$new" && mv -f "$new" ${file} || exit 1`,
  ];
}

function unreached(result: ShellResult): void {
  if (result.code === 255) throw new Error(result.stderr.trim() || "no answer from the node");
}

function linesOf(text: string): string[] {
  return text.split("\n").filter((line) => line.trim() !== "");
}

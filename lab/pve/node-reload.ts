import { setTimeout as sleep } from "node:timers/promises";
import { generateNodeFiles } from "../../pve-model/generate";
import type { NodeFiles, PveVersion, RunningConfig } from "../../pve-model/types";
import type { Faults } from "./faults";
import { gatherNodeInput } from "./node-input";
import type { NodeShell } from "./node-shell";
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

/** Above what emulation needs (ifreload 8 s, frr-reload 7 s) by far; below what a user waits for. */
const reloadMs = 480_000;

/** What a slow node needs more. */
const slowMs = 3000;

/** Parts of the script's answer end with a line `@@ PART CODE`. */
const partEnd = /^@@ (interfaces|ifreload|frr) (\d+)$/;

/** What one part of the reload printed, and its exit code. */
interface Part {
  lines: string[];
  code: number;
}

/**
 * PVE's worker `srvreload`: `interfaces.d/sdn`, `ifreload -a`, then `frr.conf` as a whole with
 * `frr.conf.local` merged in, and `frr-reload.py`; FRR is restarted when that fails.
 * @throws with the text that the task ends in. What was done before stays.
 */
export async function reloadNode(reload: NodeReload, log: TaskLog): Promise<void> {
  const { shell, node, faults } = reload;
  if (faults.nodeSlow.includes(node)) await sleep(slowMs);
  const input = await gatherNodeInput(shell, node, reload.runningConfig);
  const files = generateNodeFiles(reload.version, input);
  for (const warning of files.warnings) log.warning(warning);
  const { interfacesDSdn, frrError } = files;
  if (interfacesDSdn === null) throw new Error(frrError ?? "no SDN configuration");
  const frrConf = reload.regenerateFrr && !faults.frrFails.includes(node) ? files.frrConf : null;
  // One SSH session for all: each costs a second under emulation.
  const script = reloadScript(node, interfacesDSdn, frrConf, faults);
  const result = await shell.run(node, script, reloadMs);
  const parts = partsOf(result.stdout);
  logInterfaces(parts.get("ifreload"), log);
  for (const line of parts.get("frr")?.lines ?? []) {
    if (line.startsWith("WARN: ")) log.warning(line.slice("WARN: ".length));
    else log.line(line);
  }
  if (result.code === 255) throw new Error(result.stderr.trim() || "no answer from the node");
  failUnless(parts.get("interfaces"), "unable to write '/etc/network/interfaces.d/sdn'");
  const ifreload = parts.get("ifreload");
  failUnless(ifreload, `command 'ifreload -a' failed: exit code ${ifreload?.code ?? 255}`);
  if (reload.regenerateFrr) finishFrr(reload, files, parts.get("frr"));
}

function finishFrr({ node, faults }: NodeReload, files: NodeFiles, frr: Part | undefined): void {
  if (files.frrError !== null) throw new Error(files.frrError);
  if (files.frrConf === null) return;
  if (faults.frrFails.includes(node)) {
    throw new Error("unable to write '/etc/frr/frr.conf' - No space left on device");
  }
  failUnless(frr, "unable to write '/etc/frr/frr.conf'");
}

// PVE shows warnings and errors alone, with the interface's name in front.
function logInterfaces(part: Part | undefined, log: TaskLog): void {
  for (const line of part?.lines ?? []) {
    const name = /(?:warning|error): (\S+):/.exec(line)?.[1];
    if (name !== undefined) log.line(`${name} : ${line} `);
  }
}

function failUnless(part: Part | undefined, message: string): void {
  if (part?.code !== 0) throw new Error(message);
}

function partsOf(text: string): Map<string, Part> {
  const parts = new Map<string, Part>();
  let lines: string[] = [];
  for (const line of text.split("\n")) {
    const end = partEnd.exec(line);
    if (end) {
      parts.set(end[1] ?? "", { lines, code: Number(end[2]) });
      lines = [];
    } else if (line.trim() !== "") lines.push(line);
  }
  return parts;
}

function reloadScript(
  node: string,
  interfaces: string,
  frrConf: string | null,
  faults: Faults,
): string {
  const ifreload = faults.ifreloadFails.includes(node)
    ? "echo 'error: vnet: asked for by faults.json'; false"
    : "timeout -k 5 200 ifreload -a </dev/null 2>&1";
  const part = (name: string) => `code=$?; echo "@@ ${name} $code"; [ $code = 0 ] || exit 0`;
  return [
    ...writing("/etc/network/interfaces.d/sdn", interfaces, "644", "root:root"),
    part("interfaces"),
    ifreload,
    part("ifreload"),
    ...(frrConf === null
      ? []
      : [
          ...writing("/etc/frr/frr.conf", frrConf, "640", "frr:frr"),
          `[ $? = 0 ] || { ${part("frr")}; }`,
          ...(faults.frrSkipped.includes(node)
            ? [`echo '${noPythontools}'`]
            : frrReload(faults.frrReloadFails.includes(node))),
          'echo "@@ frr 0"',
        ]),
    "",
  ].join("\n");
}

const noPythontools =
  "WARN: missing /usr/lib/frr/frr-reload.py. Please install frr-pythontools package";

// FRR's own tools keep their output open in daemons that they start, so theirs goes to files.
function frrReload(broken: boolean): string[] {
  const reload = "/usr/lib/frr/frr-reload.py --stdout --reload /etc/frr/frr.conf";
  const tried = `timeout -k 5 120 ${reload} </dev/null >/run/frr-reload.out 2>/run/frr-reload.err`;
  return [
    "if [ ! -e /usr/lib/frr/frr-reload.py ]; then",
    `  echo '${noPythontools}'`,
    `elif ! ${broken ? "false" : tried}; then`,
    "  grep ERROR: /run/frr-reload.err 2>/dev/null",
    "  echo 'frr reload command fail. Restarting frr.'",
    "  timeout -k 5 100 /usr/lib/frr/frrinit.sh restart </dev/null >/run/frr-restart.out 2>&1",
    "fi",
  ];
}

/** Shell lines that replace a file as a whole; their exit code tells whether it was written. */
function writing(file: string, text: string, mode: string, owner: string): string[] {
  const end = "END-OF-FILE-FROM-THE-STAND-IN";
  // The same name with a dot in front: ifupdown2 reads every name that has none.
  const fresh = file.replace(/[^/]+$/, ".$&.new");
  return [
    `cat >${fresh} <<'${end}' && chmod ${mode} ${fresh} && chown ${owner} ${fresh} && mv -f ${fresh} ${file}`,
    text.replace(/\n$/, ""),
    end,
  ];
}

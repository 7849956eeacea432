import type { NodeInput, RunningConfig } from "../../pve-model/types";
import { splitList } from "./formats";
import type { NodeShell } from "./node-shell";

/** Between the parts of the answer; no file of a node contains it. */
const marker = "@@ proxmox-evpn lab stand-in @@";

/** Destinations by which PVE finds a node's way to the outside, for SNAT. */
const outside = ["8.8.8.8", "2001:4860:4860::8888"];

const gatherMs = 60_000;

/**
 * Collects from a node, in one SSH session, all that PVE looks at when it writes the node's files.
 * @throws when the node cannot be reached; its message is SSH's.
 */
export async function gatherNodeInput(
  shell: NodeShell,
  node: string,
  runningConfig: RunningConfig,
): Promise<NodeInput> {
  const script = gatherScript(wantedRoutes(runningConfig));
  const result = await shell.run(node, script, gatherMs);
  if (result.code !== 0) throw new Error(result.stderr.trim() || `exit code ${result.code}`);
  return { node, runningConfig, ...parseAnswer(result.stdout) };
}

/** Addresses that PVE asks `ip route get` about: the peers and the outside. */
export function wantedRoutes(runningConfig: RunningConfig): string[] {
  const controllers = Object.values(runningConfig.controllers?.ids ?? {});
  return [...controllers.flatMap(({ peers }) => splitList(peers ?? "")), ...outside];
}

function gatherScript(addresses: readonly string[]): string {
  return [
    "cat /etc/network/interfaces || exit 1",
    `echo '${marker}'`,
    "if [ -e /etc/frr/frr.conf.local ]; then echo yes; cat /etc/frr/frr.conf.local; fi",
    `echo '${marker}'`,
    // One process for all questions: each start of `ip` costs under emulation.
    "ip -o -force -batch - 2>/dev/null <<'END'",
    ...addresses.map((address) => `route get ${address}`),
    "END",
    `echo '${marker}'`,
    "grep -H . /sys/class/net/*/address",
    "true",
    "",
  ].join("\n");
}

/** Takes the answer of the gathering script apart. */
export function parseAnswer(
  text: string,
): Pick<NodeInput, "interfaces" | "frrConfLocal" | "routes" | "macs"> {
  const [interfaces = "", local = "", routes = "", macs = ""] = text.split(`${marker}\n`);
  return {
    interfaces,
    frrConfLocal: local.startsWith("yes\n") ? local.slice("yes\n".length) : null,
    routes: Object.fromEntries(routes.split("\n").flatMap(routeEntry)),
    macs: Object.fromEntries(
      [...macs.matchAll(/^\/sys\/class\/net\/([^/]+)\/address:(\S+)$/gm)].map(([, name, mac]) => [
        name,
        mac,
      ]),
    ),
  };
}

// `10.255.0.2 via fe80::1 dev enp1s0f0np0 src 10.255.0.1 uid 0`, or with `local` in front.
function routeEntry(line: string): [string, string][] {
  const destination = /^(?:[a-z]+ )?([0-9a-fA-F.:]+) /.exec(line)?.[1];
  const device = / dev (\S+)/.exec(line)?.[1];
  const source = / src (\S+)/.exec(line)?.[1];
  return destination && device && source ? [[destination, `${source},${device}`]] : [];
}

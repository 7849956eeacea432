import type { Finding } from "../../verify/preflight/finding";
import { evpnWith, NodeName } from "./harness";

export type Config = Record<string, unknown>;

/** What the tests change of a node in the stack's config. */
export interface LabNode {
  name: string;
  port?: number;
  hostKey?: string;
  meshInterfaces: string[];
  retired?: boolean;
}

export const nodesOf = (config: Config) => config["proxmox-evpn:nodes"] as LabNode[];

/** `evpn preflight` of the lab: its exit code, and a line for each finding: node, check, severity. */
export async function preflight(change?: (config: Config) => void) {
  const { code, stdout, output } = await evpnWith(change, "preflight", "--json");
  if (code > 1) throw new Error(output);
  const findings = JSON.parse(stdout) as Finding[];
  return { code, lines: findings.map((each) => `${each.node} ${each.check} ${each.severity}`) };
}

/** A node that says that its Proxmox VE is another one. */
export const saysVersion = (node: NodeName, release: string) => ({
  node,
  make: `mv /usr/bin/pvesh /usr/bin/pvesh.e2e; printf '%s\\n' '#!/bin/sh' '[ "$2" != /version ] || exec echo "{\\"version\\":\\"${release}.0\\",\\"release\\":\\"${release}\\"}"' 'exec /usr/bin/pvesh.e2e "$@"' >/usr/bin/pvesh; chmod 755 /usr/bin/pvesh`,
  undo: "[ ! -e /usr/bin/pvesh.e2e ] || mv -f /usr/bin/pvesh.e2e /usr/bin/pvesh",
});

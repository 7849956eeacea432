import * as fs from "node:fs";
import * as path from "node:path";
import { NodeName, on, paths } from "../e2e/harness";

/** The seed's own cluster: Pulumi.prod.yaml on nodes with FRR of 10.6 or later and an operator's frr.conf. */

export const VTEP6: Record<NodeName, string> = {
  pve01: "fd00:255::1",
  pve02: "fd00:255::2",
  pve03: "fd00:255::3",
};

/** The operator's frr.conf as it stands on a node before anything of ours came. */
export const operatorText = (node: NodeName) =>
  fs.readFileSync(path.join(paths.root, "lab/guest/nodes", node, "frr.conf"), "utf8");

/** frr.conf of a node, our block taken out of it, and the block. */
export async function splitFrrConf(node: NodeName): Promise<{ rest: string; block: string }> {
  const { output } = await on(node, "cat /etc/frr/frr.conf");
  const found = /^! BEGIN proxmox-evpn .*\n[^]*^! END proxmox-evpn .*\n/m.exec(output)?.[0] ?? "";
  return { rest: output.replace(found, ""), block: found };
}

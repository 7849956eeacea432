import * as fs from "node:fs";
import * as path from "node:path";
import { lab, NODES, NodeName, on, paths } from "../e2e/harness";

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

/** Guests of vnet101 on each node, for tests of their own. */
export const guestOn = (node: NodeName) => `s-${node}`;
export const addressOn = (node: NodeName) => `fd00:101::5${node.slice(-1)}`;

export async function addGuests(): Promise<void> {
  for (const node of NODES) {
    const place = ["--node", node, "--vnet", "vnet101", "--host", `5${node.slice(-1)}`];
    const { code, output } = await lab("guest", "add", guestOn(node), ...place);
    if (code !== 0) throw new Error(output);
  }
}

export const removeGuests = () =>
  on("lab", NODES.map((node) => `lab-guest del ${guestOn(node)}`).join("; "));

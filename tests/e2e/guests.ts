import { lab, NODES, NodeName, on } from "./harness";

/** A guest of its own on each node, in vnet101, for tests that stop nodes or move addresses. */
export const guestOn = (node: NodeName) => `o-${node}`;

/** Its addresses: 10.101.0.41 and fd00:101::41 on pve01. */
export const addressOn = (node: NodeName) => ({
  ipv4: `10.101.0.4${node.slice(-1)}`,
  ipv6: `fd00:101::4${node.slice(-1)}`,
});

export async function addGuests(...nodes: NodeName[]): Promise<void> {
  for (const node of nodes) {
    const place = ["--node", node, "--vnet", "vnet101", "--host", `4${node.slice(-1)}`];
    const { code, output } = await lab("guest", "add", guestOn(node), ...place);
    if (code !== 0) throw new Error(output);
  }
}

export async function removeGuests(): Promise<void> {
  const all = NODES.map((node) => `lab-guest del ${guestOn(node)}`);
  await on("lab", all.join("; "));
}

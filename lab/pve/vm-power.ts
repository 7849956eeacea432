import type { Cluster } from "./cluster";
import type { Guest } from "./guests";
import type { TaskLog } from "./tasks";
import { ipConfigOf, nicsOf, type VmNic } from "./vm-config";

// Generous: a lab on a busy machine is slow, and PVE itself waits longer for a machine.
const startMs = 240_000;

/** What cloud-init and the cable of one interface come to, as options of `lab-guest`. */
function cable(nic: VmNic, mtu: number): string {
  const vlan = nic.vlan > 0 ? ` --vlan ${nic.vlan}` : "";
  return `--vnet ${nic.bridge}${vlan} --mtu ${mtu} --mac ${nic.mac}`;
}

function addresses(guest: Guest): string {
  const { ip, gw, ip6, gw6 } = ipConfigOf(guest.config, 0);
  const options = [
    ["ip4", ip],
    ["gw4", gw],
    ["ip6", ip6],
    ["gw6", gw6],
  ];
  return options.flatMap(([name, value]) => (value ? [`--${name} ${value}`] : [])).join(" ");
}

/**
 * The bridge's MTU, as PVE looks before it plugs an interface in.
 * @throws with PVE's own words when the bridge is missing or has less than the interface wants
 */
async function mtuOf(cluster: Cluster, node: string, nic: VmNic): Promise<number> {
  const script = `cat /sys/class/net/${nic.bridge}/mtu\n`;
  const { code, stdout } = await cluster.shell.run(node, script, startMs);
  if (code !== 0) throw new Error(`bridge '${nic.bridge}' does not exist`);
  const bridge = Number(stdout.trim());
  if (nic.mtu === 1) return bridge;
  const wanted = nic.mtu ?? 1500;
  // Without `mtu=` PVE asks nothing: the guest then sends packets that the bridge cannot carry.
  if (nic.mtu !== undefined && wanted > bridge) {
    throw new Error(`MTU '${wanted}' is bigger than the bridge MTU '${bridge}'`);
  }
  return wanted;
}

/** The name that the machine has among the lab's guests. */
export const guestName = ({ name, vmid }: Guest) =>
  /^[a-z0-9][a-z0-9-]{0,30}$/.test(name) ? name : `vm-${vmid}`;

/** Starts a machine: a namespace on the node's bridges, with the addresses that cloud-init would set. */
export async function startVm(cluster: Cluster, guest: Guest, log: TaskLog): Promise<void> {
  const name = guestName(guest);
  const [first, ...others] = nicsOf(guest);
  if (first === undefined) throw new Error("the stand-in's machines need a net0");
  const lines = ["set -e", `lab-guest del ${name}`];
  lines.push(
    `lab-guest add ${name} --node ${guest.node} --id ${guest.vmid} ` +
      `${cable(first, await mtuOf(cluster, guest.node, first))} ${addresses(guest)}`,
  );
  for (const nic of others) {
    const mtu = await mtuOf(cluster, guest.node, nic);
    lines.push(`lab-guest plug ${name} --port ${nic.slot} ${cable(nic, mtu)}`);
  }
  const result = await cluster.shell.run("lab", `${lines.join("\n")}\n`, startMs);
  if (result.code !== 0) throw new Error(`start failed: ${result.stderr.trim()}`);
  log.line(`VM ${guest.vmid} started`);
}

/** Stops a machine; nothing happens to one that does not run. */
export async function stopVm(cluster: Cluster, guest: Guest): Promise<void> {
  const result = await cluster.shell.run("lab", `lab-guest del ${guestName(guest)}\n`, startMs);
  if (result.code !== 0) throw new Error(result.stderr.trim());
}

import type { Wanted, WantedNode } from "../expect";
import { finding, Finding } from "../finding";
import type { NodeObservation } from "../observe-node";

/** `net.ipv4.conf.all.rp_filter`, as operators write it. */
const dotted = (path: string) => `net.${path.replaceAll("/", ".")}`;

/** Devices that Proxmox VE makes for the zone on a node. */
function zoneDevices({ plan: { zone, vnets } }: Wanted): string[] {
  const { id } = zone;
  return [`vrf_${id}`, `vrfbr_${id}`, `xvrf_${id}`, `xvrfp_${id}`, ...vnets.map((vnet) => vnet.id)];
}

/** The kernel takes the greater of `all` and the device's own; `default` is what a new one gets. */
export function checkRpFilter(
  wanted: Wanted,
  { node }: WantedNode,
  { sysctls }: NodeObservation,
): Finding[] {
  const devices = ["all", "default", ...node.meshInterfaces, ...zoneDevices(wanted)];
  const wrong = devices
    .map((device) => `ipv4/conf/${device}/rp_filter`)
    .filter((path) => (sysctls[path] ?? "0") !== "0")
    .map((path) => `${dotted(path)}=${sysctls[path]}`);
  if (wrong.length === 0) return [];
  const exits = node.isExit && wanted.subnetFamilies.has("ipv4");
  const severity = exits ? "error" : "warning";
  return [finding(node.name, "rp-filter", wrong.join(", "), { severity })];
}

export function checkForwarding(
  { plan, subnetFamilies }: Wanted,
  { node }: WantedNode,
  { sysctls }: NodeObservation,
): Finding[] {
  const uses = (family: "ipv4" | "ipv6") =>
    subnetFamilies.has(family) || plan.nodes.some(({ loopback }) => loopback[family]);
  const needed = [
    ...(uses("ipv4") ? ["ipv4/ip_forward"] : []),
    ...(uses("ipv6") ? ["ipv6/conf/all/forwarding"] : []),
  ];
  const off = needed.filter((path) => sysctls[path] !== "1");
  if (off.length === 0) return [];
  const what = off.map((path) => `${dotted(path)}=${sysctls[path] ?? "absent"}`).join(", ");
  return [finding(node.name, "forwarding", what)];
}

export function checkKeepAddress(
  { subnetFamilies }: Wanted,
  { node }: WantedNode,
  { sysctls }: NodeObservation,
): Finding[] {
  if (!subnetFamilies.has("ipv6")) return [];
  const off = ["all", "default"]
    .map((device) => `ipv6/conf/${device}/keep_addr_on_down`)
    .filter((path) => sysctls[path] !== "1");
  if (off.length === 0) return [];
  const what = off.map((path) => `${dotted(path)}=${sysctls[path] ?? "absent"}`).join(", ");
  return [finding(node.name, "keep-addr", what)];
}

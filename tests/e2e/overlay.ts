import { json, NodeName, vtysh } from "./harness";

/** What a node's kernel and FRR hold of the overlay. */

interface Vxlan {
  ifname: string;
  linkinfo: { info_data: { id: number; local?: string; local6?: string } };
}

/** Name, VNI and local tunnel address of each VXLAN device, by name. */
export async function vxlans(node: NodeName): Promise<(string | number | undefined)[][]> {
  const links = await json<Vxlan[]>(node, "ip -j -d link show type vxlan");
  return links
    .map(({ ifname, linkinfo: { info_data } }) => [
      ifname,
      info_data.id,
      info_data.local ?? info_data.local6,
    ])
    .sort();
}

/** What {@link vxlans} gives for the seed's zone and VNets on a node with this tunnel address. */
export const seedVxlans = (vtep: string) => [
  ["vrfvx_evpnz1", 4096, vtep],
  ["vxlan_vnet100", 10100, vtep],
  ["vxlan_vnet101", 10101, vtep],
  ["vxlan_vnet102", 10102, vtep],
  ["vxlan_vnet103", 10103, vtep],
];

/** Remote VTEPs to which the VXLAN device of each of the seed's VNets floods. */
export async function floods(node: NodeName): Promise<(string | undefined)[][]> {
  const fdb = await json<{ mac: string; ifname: string; dst?: string }[]>(
    node,
    "bridge -j fdb show",
  );
  return ["vxlan_vnet100", "vxlan_vnet101", "vxlan_vnet102", "vxlan_vnet103"].map((device) =>
    fdb
      .filter(({ mac, ifname }) => ifname === device && mac === "00:00:00:00:00:00")
      .map(({ dst }) => dst)
      .sort(),
  );
}

/** Neighbors of l2vpn evpn with the state of their sessions. */
export async function evpnSessions(node: NodeName): Promise<[string, string][]> {
  const { peers } = await vtysh<{ peers: Record<string, { state: string }> }>(
    node,
    "show bgp l2vpn evpn summary",
  );
  return Object.entries(peers).map(([peer, { state }]) => [peer, state]);
}

/** The seed's L3VNI: its VRF and state. */
export async function l3vni(node: NodeName): Promise<[string, string]> {
  const vni = await vtysh<{ state: string; tenantVrf: string }>(node, "show evpn vni 4096");
  return [vni.tenantVrf, vni.state];
}

interface Path {
  nexthops: { ip: string }[];
}
type Routes = Record<string, Record<string, { prefix: string; paths: (Path | Path[])[] } | string>>;

/** Next hops of the EVPN routes of a type that other nodes sent and whose prefix holds `text`; `own` is no other's. */
export async function nextHops(
  node: NodeName,
  type: string,
  text: string,
  own: string,
): Promise<string[]> {
  const routes = await vtysh<Routes>(node, `show bgp l2vpn evpn route type ${type}`);
  const hops = Object.values(routes)
    .filter((routesOfOne) => typeof routesOfOne === "object")
    .flatMap((byPrefix) => Object.entries(byPrefix))
    .flatMap(([prefix, route]) =>
      typeof route === "object" && prefix.includes(text) ? route.paths.flat() : [],
    )
    .flatMap((path) => path.nexthops.map(({ ip }) => ip));
  return [...new Set(hops)].filter((ip) => ip !== own).sort();
}

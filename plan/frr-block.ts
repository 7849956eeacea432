import { FabricConfig, NodeConfig } from "../config/schema";
import { autoRouteTarget, Family, familyOf, hostPrefix } from "./addressing";
import { renderTemplate } from "./template";
import { StackIdentity } from "./types";

type ExternalPeer = FabricConfig["fabric"]["externalPeers"][number];

const hostRoute = (address: string) => `${address}/${hostPrefix(address)}`;

/** `<project>/<stack>`: tells whose block stands between the markers in frr.conf.local. */
export function blockOwner(identity: StackIdentity): string {
  return `${identity.project}/${identity.stack}`;
}

const edgesOf = ({ fabric }: FabricConfig, family: ExternalPeer["families"][number]) =>
  fabric.externalPeers.filter(({ families }) => families.includes(family));

/** Underlay families of a node: those of its loopbacks, as far as a neighbor takes them. */
export function unicastFamilies(config: FabricConfig, node: NodeConfig) {
  return (["ipv4", "ipv6"] as const).flatMap((name) => {
    const loopback = node.loopback[name];
    const edges = edgesOf(config, name).map(({ address }) => address);
    const neighbors = config.fabric.topology !== "routed" || edges.length > 0;
    if (loopback === undefined || !neighbors) return [];
    return [
      {
        name,
        lists: name === "ipv4" ? "ip" : "ipv6",
        loopback: hostRoute(loopback),
        prefixList: name === "ipv4" ? "UNDERLAY4" : "UNDERLAY6",
        underlay: underlayOf(config, name),
        edges,
      },
    ];
  });
}

/** What the underlay may carry: the nodes' loopbacks, and the edge routers' own addresses. */
function underlayOf(config: FabricConfig, family: Family): string[] {
  const loopbacks = config.nodes.flatMap(({ loopback }) => loopback[family] ?? []);
  const edges = edgesOf(config, family).map(({ address }) => address);
  return [...loopbacks, ...edges.filter((address) => familyOf(address) === family)].map(hostRoute);
}

/**
 * How the session to an edge router comes up. On a network of the node nothing has to be said; further
 * away it starts at the VTEP, and eBGP's TTL of 1 would not reach (RFC 4271 §5.1.3; FRR ebgp-multihop).
 */
export function sessionOf({ address, hops, families }: ExternalPeer, vtep: string): string[] {
  return [
    ...(hops > 1 ? [`ebgp-multihop ${hops}`] : []),
    ...(hops > 1 && familyOf(address) === familyOf(vtep) ? [`update-source ${vtep}`] : []),
    // IPv4 routes over an IPv6 session need a next hop of IPv6 (RFC 8950).
    ...(familyOf(address) === "ipv6" && families.includes("ipv4")
      ? ["capability extended-nexthop"]
      : []),
  ];
}

/**
 * Route targets of the VRF beside PVE's own line: naming any turns the automatic ones of that direction
 * off, so the fabric's own is given too, and last: FRR refuses it (`% RT specified already configured`)
 * as long as the automatic one stands. PVE's `rt-import` carries the first imported one.
 *
 * Where nothing else is exported, `auto` says what is FRR's default, and is needed all the same (seen
 * with FRR 10.3, at most starts): PVE's `import vrf` makes the VRF's BGP instance before it has
 * its AS number, and when the L3VNI arrives in between (FRR's daemons load their configs at the same
 * time), the exported target is derived from AS 1. No other node imports `1:4096`, so an exit node that
 * has booted is none, in silence. `auto` derives it anew, from the AS number that stands there by then.
 */
function targetsOf({ zone, fabric }: FabricConfig) {
  const own = autoRouteTarget(fabric.asn, zone.vrfVni);
  const [byPve, ...others] = zone.rtImport;
  const imports = byPve === undefined ? [] : [own, ...others];
  const exports = zone.rtExport.length === 0 ? ["auto"] : [...zone.rtExport, own];
  return {
    import: [...new Set(imports)].filter((target) => target !== byPve),
    export: [...new Set(exports)],
  };
}

/**
 * One node's block for /etc/frr/frr.conf.local: all that the fabric needs beside PVE's own lines.
 * Its shape is the one that PVE's merge keeps: router-level lines before any address-family, each
 * address-family closed, no `bgp router-id`.
 * - The prefix lists keep tenants' routes, which PVE's `import vrf` leaks into the unicast families,
 *   out of the underlay, from the first apply on.
 * - `equal-cluster-length`: without it a direct and a reflected path become ECMP and loop.
 * - `next-hop-self` in unicast only: in l2vpn evpn the next hop is the VTEP and has to stay it.
 * - `update-source`: with the loopback on a dummy device Linux picks another source address. Where the
 *   VTEPs share one network it is left out (frr.updateSource): FRR 10.3 then begins BFD as multihop,
 *   turns to single hop at one end first, and neither end ever comes up again.
 * - Route targets: PVE's rt-import turns the automatic import off, so the fabric's own is given.
 * - Edge routers: every route passes a route-map (RFC 8212), and the exit nodes' own default routes do
 *   not go out, because the edge is where the fabric's default route comes from. By prefix list, as PVE
 *   does it: FRR 10.3's `match evpn default-route` matches every route.
 * - `allowas-in`: in a routed fabric a node's loopback comes by way of the edge's AS back into its own.
 * @param node the node, its VTEP among `peers`
 * @returns text with markers and a final newline
 */
export function renderBlock(
  config: FabricConfig,
  node: NodeConfig,
  vtep: string,
  identity: StackIdentity,
): string {
  const { zone, fabric, frr } = config;
  const { extraLines } = frr;
  const routed = fabric.topology === "routed";
  const inZone = zone.nodes?.includes(node.name) ?? true;
  return renderTemplate("frr-pve.conf.njk", {
    owner: blockOwner(identity),
    asn: fabric.asn,
    vtep,
    updateSource: frr.updateSource,
    meshInterfaces: routed ? [] : node.meshInterfaces,
    families: unicastFamilies(config, node),
    routeReflection: frr.routeReflection,
    throughEdges: routed,
    edges: fabric.externalPeers.map((peer) => ({ ...peer, session: sessionOf(peer, vtep) })),
    evpnEdges: edgesOf(config, "evpn").map(({ address }) => address),
    evpnOnMesh: frr.evpnSessions === "mesh",
    advertiseSviIp: frr.advertiseSviIp,
    extraLines: extraLines.router,
    extraFamilies: [
      { name: "ipv4 unicast", lines: extraLines.ipv4 },
      { name: "ipv6 unicast", lines: extraLines.ipv6 },
      { name: "l2vpn evpn", lines: extraLines.evpn },
    ].filter(({ lines }) => lines.length > 0),
    vrf: `vrf_${zone.id}`,
    // Without the zone there is no VRF on the node, and FRR would make a BGP instance for a ghost.
    targets: inZone ? targetsOf(config) : { import: [], export: [] },
  });
}

/** The node's VTEP: its one loopback address among the peers. Invariants have checked that there is one. */
export function vtepOf(node: NodeConfig, peers: string[]): string {
  const own = [node.loopback.ipv4, node.loopback.ipv6].find(
    (address) => address !== undefined && peers.includes(address),
  );
  if (own === undefined) throw new Error(`${node.name} has no address in controller.peers`);
  return own;
}

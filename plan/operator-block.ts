import { FabricConfig, NodeConfig } from "../config/schema";
import { autoRouteTarget, familyOf } from "./addressing";
import { blockOwner, sessionOf, unicastFamilies } from "./frr-block";
import { OperatorBlock } from "./operator-file";
import { NO_ROUTER_ID } from "../pve-model/vtep";
import { renderTemplate } from "./template";
import { StackIdentity } from "./types";

/**
 * Routes by which answers from the outside find their subnet on an exit node. PVE leaks them between
 * the VRFs with `import vrf`, which announces them to every unicast neighbor that has no filter; the
 * operator's neighbors are not ours to filter, so these stay on the node.
 */
function returnRoutes({ zone, vnets }: FabricConfig): string[] {
  return vnets.flatMap(({ id, subnets }) =>
    subnets.map(({ cidr }) => {
      const command = familyOf(cidr) === "ipv4" ? "ip route" : "ipv6 route";
      if (!zone.exitNodesLocalRouting) return `${command} ${cidr} ${id} nexthop-vrf vrf_${zone.id}`;
      // The node's end of PVE's cable into the VRF (interfaces.d/sdn, 9.1).
      const via = familyOf(cidr) === "ipv4" ? "10.255.255.2" : "fe80::2";
      return `${command} ${cidr} ${via} xvrf_${zone.id}`;
    }),
  );
}

/** Naming a route target turns the automatic ones of that direction off, so the fabric's own comes first. */
function targetsOf({ zone, fabric }: FabricConfig) {
  const own = autoRouteTarget(fabric.asn, zone.vrfVni);
  const withOwn = (targets: string[]) =>
    targets.length === 0 ? [] : [...new Set([own, ...targets])];
  return { import: withOwn(zone.rtImport), export: withOwn(zone.rtExport) };
}

/**
 * One node's block for an operator's own frr.conf: EVPN on the mesh neighbors that stand there, and
 * what PVE would write about the zone if it wrote the file: the VRF with its VNI, route targets,
 * default routes of exits and their filters. It begins and ends inside `router bgp`, so that it may
 * stand anywhere in that section behind the neighbors.
 * @param vtep the node's address among the peers; sessions to distant edge routers start there
 */
export function renderOperatorBlock(
  config: FabricConfig,
  node: NodeConfig,
  vtep: string,
  identity: StackIdentity,
): OperatorBlock {
  const { zone, fabric, frr, vnets } = config;
  const isExit = zone.exitNodes.includes(node.name);
  const secondary = isExit && ![undefined, node.name].includes(zone.primaryExitNode);
  const owner = blockOwner(identity);
  const text = renderTemplate("operator-block.conf.njk", {
    owner,
    asn: fabric.asn,
    meshInterfaces: node.meshInterfaces,
    routeReflection: frr.routeReflection,
    advertiseSviIp: frr.advertiseSviIp,
    extraLines: frr.extraLines,
    families: unicastFamilies(config, node).map((family) => ({
      ...family,
      extraLines: frr.extraLines[family.name],
    })),
    evpnEdges: fabric.externalPeers
      .filter(({ families }) => families.includes("evpn"))
      .map(({ address }) => address),
    edges: fabric.externalPeers.map((peer) => ({ ...peer, session: sessionOf(peer, vtep) })),
    // Before the first VNet there is no VRF on the node, and FRR would make one for a ghost.
    inZone: vnets.length > 0 && (zone.nodes?.includes(node.name) ?? true),
    vrf: `vrf_${zone.id}`,
    vrfVni: zone.vrfVni,
    routerId: node.routerId,
    advertised: zone.advertiseSubnets && !isExit ? ["ipv4", "ipv6"] : [],
    isExit,
    routesIn: isExit && !secondary,
    routesOut: secondary,
    targets: targetsOf(config),
    returnRoutes: isExit ? returnRoutes(config) : [],
  });
  return { owner, asn: fabric.asn, neighbors: [...node.meshInterfaces], text };
}

/**
 * Texts in which a node's reload may end beside OK. With an operator's frr.conf PVE has done its work on
 * the node's network when it comes to FRR, finds no router id and says so (8.4, 9.1).
 */
export function acceptedReloadEnds(owner: "proxmox" | "operator"): string[] {
  return owner === "operator" ? [NO_ROUTER_ID] : [];
}

import type { Plan, PlannedNode } from "../plan/types";

/** A VXLAN device that must stand on a node, as PVE names it. */
export interface ExpectedVxlan {
  device: string;
  vni: number;
  /** Tunnel source. */
  local: string;
  /** Bridge that the device is a port of. */
  bridge: string;
  /** Bytes. */
  mtu: number;
  /** VTEPs to which the device floods: every other node's for a VNet, none for the VRF's. */
  floodTo: string[];
}

export interface ExpectedGateway {
  bridge: string;
  address: string;
  /** Prefix length in bits. */
  prefix: number;
}

/** What must be true on one node. Plain data, so that it can stand in the state and in reports. */
export interface NodeExpectation {
  node: string;
  vxlans: ExpectedVxlan[];
  gateways: ExpectedGateway[];
  /** l2vpn evpn neighbors that must be Established, by address or interface, and no others. */
  neighbors: string[];
}

const others = (plan: Plan, node: PlannedNode) =>
  plan.nodes.filter((other) => other.name !== node.name);

function expectedVxlans(plan: Plan, node: PlannedNode): ExpectedVxlan[] {
  const common = { local: node.vtep, mtu: plan.zone.mtu };
  return [
    ...plan.vnets.map((vnet) => ({
      ...common,
      device: `vxlan_${vnet.id}`,
      vni: vnet.vni,
      bridge: vnet.id,
      floodTo: others(plan, node)
        .filter((other) => other.inZone)
        .map((other) => other.vtep),
    })),
    {
      ...common,
      device: `vrfvx_${plan.zone.id}`,
      vni: plan.zone.vrfVni,
      bridge: `vrfbr_${plan.zone.id}`,
      floodTo: [],
    },
  ];
}

function expectedNeighbors(plan: Plan, node: PlannedNode): string[] {
  // PVE's own sessions between the VTEPs exist in either form; `mesh` adds the mesh interfaces.
  const edges = plan.externalPeers.filter(({ families }) => families.includes("evpn"));
  return [
    ...others(plan, node).map(({ vtep }) => vtep),
    ...(plan.evpnSessions === "mesh" ? node.meshInterfaces : []),
    ...edges.map(({ address }) => address),
  ];
}

/** Derives from the plan what must be true on each node. Pure. */
export function expectationsOf(plan: Plan): NodeExpectation[] {
  return plan.nodes.map((node) => ({
    node: node.name,
    // PVE makes the VRF's devices only when the zone has a VNet.
    vxlans: node.inZone && plan.vnets.length > 0 ? expectedVxlans(plan, node) : [],
    gateways: (node.inZone ? plan.vnets : []).flatMap((vnet) =>
      vnet.subnets.map(({ gateway, prefix }) => ({ bridge: vnet.id, address: gateway, prefix })),
    ),
    neighbors: expectedNeighbors(plan, node),
  }));
}

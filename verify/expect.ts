import { autoRouteTarget, familyOf, hostPrefix, vxlanOverhead } from "../plan/addressing";
import type { Family } from "../plan/addressing";
import type { FabricIntent, IntendedNode } from "./intent";

/** A VXLAN device that must stand on a node, as PVE names it. */
export interface ExpectedVxlan {
  device: string;
  vni: number;
  /** Bridge that the device is a port of. */
  bridge: string;
  /** Whether a VNet's (flooded to every other VTEP) or the VRF's. */
  kind: "vnet" | "vrf";
}

export interface ExpectedGateway {
  bridge: string;
  address: string;
  /** Prefix length. */
  prefix: number;
}

/** An l2vpn evpn neighbor, by address or interface. */
export interface ExpectedNeighbor {
  peer: string;
  /** The node at the other end, where the plan tells. */
  node?: string;
}

/** What must be true on one node. */
export interface NodeExpectation {
  node: string;
  vtep: string;
  /** The fabric's AS number, from which the automatic route targets follow. */
  asn: number;
  /** Family of the tunnels. */
  family: Family;
  /** Hash of the block, whose it is (`<project>/<stack>`), and in which file of /etc/frr it stands. */
  block: { owner: string; hash: string; file: "frr.conf.local" | "frr.conf" };
  /** Names of the interfaces to other nodes. */
  mesh: string[];
  /** Those on which BGP runs: none of them when the underlay is somebody else's. */
  meshSessions: string[];
  /** Bytes that every interface of the underlay must carry. */
  underlayMtu: number;
  /** Addresses with their prefix length. */
  loopbacks: string[];
  neighbors: ExpectedNeighbor[];
  /** Every other node with a VTEP. */
  others: { node: string; vtep: string }[];
  /** Absent on a node that the zone leaves out. */
  zone?: ExpectedZone;
}

/** What the zone puts on a node. */
export interface ExpectedZone {
  /** PVE's id. */
  id: string;
  vrf: string;
  vrfVni: number;
  /** Bytes. */
  mtu: number;
  vxlans: ExpectedVxlan[];
  gateways: ExpectedGateway[];
  /** Route targets that the VRF must import. */
  routeTargets: string[];
  /** Other nodes of the zone. */
  others: { node: string; vtep: string }[];
  /** Families in which guests have addresses. */
  families: Family[];
  /** Names of the exit nodes from which this node may take its default route. */
  exits: string[];
  isExit: boolean;
  /** CIDRs whose sources the node translates. */
  snat: { family: Family; cidr: string }[];
}

/** UDP port of VXLAN (RFC 7348 §5), which PVE leaves at the kernel's and FRR's common default. */
export const VXLAN_PORT = 4789;

const named = ({ name, vtep }: IntendedNode) => ({ node: name, vtep });

function expectedVxlans({ zone, vnets }: FabricIntent): ExpectedVxlan[] {
  const vrf = { device: `vrfvx_${zone.id}`, vni: zone.vrfVni, bridge: `vrfbr_${zone.id}` };
  return [
    ...vnets.map(({ id, vni }) => ({
      device: `vxlan_${id}`,
      vni,
      bridge: id,
      kind: "vnet" as const,
    })),
    { ...vrf, kind: "vrf" },
  ];
}

function expectedZone(intent: FabricIntent, node: IntendedNode): ExpectedZone | undefined {
  const { zone, vnets, nodes, controller } = intent;
  // PVE makes the VRF's devices only when the zone has a VNet.
  if (!node.inZone || vnets.length === 0) return undefined;
  const subnets = vnets.flatMap((vnet) => vnet.subnets.map((subnet) => ({ ...subnet, vnet })));
  const others = nodes.filter(({ name, inZone }) => inZone && name !== node.name);
  return {
    id: zone.id,
    vrf: `vrf_${zone.id}`,
    vrfVni: zone.vrfVni,
    mtu: zone.mtu,
    vxlans: expectedVxlans(intent),
    gateways: subnets.map(({ vnet, gateway, prefix }) => ({
      bridge: vnet.id,
      address: gateway,
      prefix,
    })),
    // rt-import turns the automatic one off, so the fabric's own is expected beside it; without
    // rt-import FRR's automatic one is in force.
    routeTargets: zone.rtImport
      ? [zone.rtImport, autoRouteTarget(controller.asn, zone.vrfVni)]
      : [autoRouteTarget(controller.asn, zone.vrfVni)],
    others: others.map(named),
    families: [...new Set(subnets.map(({ family }) => family))].sort(),
    exits: zone.exitNodes.filter((exit) => exit !== node.name),
    isExit: node.isExit,
    snat: node.isExit
      ? subnets.filter(({ snat }) => snat).map(({ family, cidr }) => ({ family, cidr }))
      : [],
  };
}

function expectedNeighbors(intent: FabricIntent, node: IntendedNode): ExpectedNeighbor[] {
  // PVE's own sessions between the VTEPs exist in either form, as long as it writes frr.conf; `mesh`
  // adds the mesh interfaces.
  const vteps = (intent.frrOwner === "operator" ? [] : intent.nodes)
    .filter(({ name }) => name !== node.name)
    .map(({ name, vtep }) => ({ peer: vtep, node: name }));
  const mesh = intent.evpnSessions === "mesh" ? node.meshInterfaces : [];
  const external = intent.externalPeers.filter(({ families }) => families.includes("evpn"));
  return [
    ...vteps,
    ...mesh.map((peer) => ({ peer })),
    ...external.map(({ address }) => ({ peer: address })),
  ];
}

/** Derives what must be true on each node. Pure. */
export function expectationsOf(intent: FabricIntent): NodeExpectation[] {
  const { project, stack } = intent.identity;
  return intent.nodes.map((node) => {
    const family = familyOf(node.vtep);
    return {
      node: node.name,
      vtep: node.vtep,
      asn: intent.controller.asn,
      family,
      block: {
        owner: `${project}/${stack}`,
        hash: node.block,
        file: intent.frrOwner === "operator" ? "frr.conf" : "frr.conf.local",
      },
      mesh: [...node.meshInterfaces],
      meshSessions: intent.topology === "routed" ? [] : [...node.meshInterfaces],
      underlayMtu: intent.zone.mtu + vxlanOverhead(family),
      loopbacks: Object.values(node.loopback).map((address) => `${address}/${hostPrefix(address)}`),
      neighbors: expectedNeighbors(intent, node),
      others: intent.nodes.filter(({ name }) => name !== node.name).map(named),
      zone: expectedZone(intent, node),
    };
  });
}

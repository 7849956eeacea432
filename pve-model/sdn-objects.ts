import { splitList } from "./limits";
import {
  NodeInput,
  PveBoolean,
  RunningConfig,
  Section,
  SubnetOptions,
  VnetOptions,
  ZoneOptions,
} from "./types";

/** A subnet with its network and prefix length taken from the id ZONE-NETWORK-MASK. */
export interface SubnetView {
  network: string;
  /** NETWORK/MASK as written in the id: Proxmox VE never canonicalises it. */
  cidr: string;
  mask: string;
  gateway: string | null;
  snat: boolean;
}

export interface VnetView {
  id: string;
  tag: string;
  alias: string | null;
  subnets: SubnetView[];
}

/** What one EVPN zone means to one node. */
export interface ZoneView {
  id: string;
  vrf: string;
  vni: string;
  /** Bytes. */
  mtu: number;
  mac: string | null;
  exitNode: boolean;
  /** Another exit node is preferred: this one's default routes get a worse metric. */
  secondaryExit: boolean;
  localRouting: boolean;
  advertiseSubnets: boolean;
  suppressNeighbors: boolean;
  routeTargets: string[];
  vxlanPort: string | null;
  vnets: VnetView[];
}

export interface ControllerView {
  asn: string;
  peers: string[];
}

/** Assumed, not recorded: room for VXLAN over IPv4 on a 1500-byte underlay; Proxmox VE's value when a zone gives none. */
const DEFAULT_MTU = 1450;

/** Perl sorts keys by code unit; so does this, unlike `localeCompare`. */
export function sortedEntries<Value>(section: Section<Value> | undefined): [string, Value][] {
  return Object.entries(section?.ids ?? {}).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

const truthy = (value: PveBoolean | undefined) => value === true || Number(value ?? 0) === 1;

/** Addresses and networks alike: only IPv6 is written with colons. */
export function isIpv6(address: string): boolean {
  return address.includes(":");
}

/**
 * The cluster's EVPN controller, or null without one.
 * @throws Error for what the model has no recorded data of: BGP and IS-IS controllers, fabrics
 */
export function evpnController(config: RunningConfig): ControllerView | null {
  const controllers = sortedEntries(config.controllers);
  for (const [id, options] of controllers) {
    if (options.type !== "evpn") {
      throw new Error(`controller ${id}: type ${options.type} is not modelled, only evpn is`);
    }
    if (options.peers === undefined || options.asn === undefined) {
      throw new Error(`controller ${id}: only a controller with asn and peers is modelled`);
    }
  }
  const options = controllers[0]?.[1];
  return options === undefined
    ? null
    : { asn: String(options.asn), peers: splitList(options.peers) };
}

/**
 * The EVPN zones that are on the node, with their VNets and subnets, each sorted by id.
 * @throws Error for a zone of another type, of which the model has no recorded data
 */
export function zonesOf(input: NodeInput): ZoneView[] {
  return sortedEntries(input.runningConfig.zones)
    .filter(([, zone]) => !zone.nodes || splitList(zone.nodes).includes(input.node))
    .map(([id, zone]) => zoneView(id, zone, input));
}

function zoneView(id: string, zone: ZoneOptions, input: NodeInput): ZoneView {
  if (zone.type !== "evpn") throw new Error(`zone ${id}: type ${zone.type} is not modelled`);
  const exitNode = splitList(zone.exitnodes).includes(input.node);
  const primary = zone["exitnodes-primary"];
  return {
    id,
    vrf: `vrf_${id}`,
    vni: String(zone["vrf-vxlan"]),
    mtu: Number(zone.mtu ?? DEFAULT_MTU),
    mac: zone.mac || null,
    exitNode,
    secondaryExit: exitNode && !!primary && primary !== input.node,
    localRouting: exitNode && truthy(zone["exitnodes-local-routing"]),
    advertiseSubnets: truthy(zone["advertise-subnets"]),
    suppressNeighbors: !truthy(zone["disable-arp-nd-suppression"]),
    routeTargets: splitList(zone["rt-import"]),
    vxlanPort: zone["vxlan-port"] === undefined ? null : String(zone["vxlan-port"]),
    vnets: sortedEntries(input.runningConfig.vnets)
      .filter(([, vnet]) => vnet.zone === id)
      .map(([vnetId, vnet]) => vnetView(vnetId, vnet, input.runningConfig)),
  };
}

function vnetView(id: string, vnet: VnetOptions, config: RunningConfig): VnetView {
  return {
    id,
    tag: String(vnet.tag),
    alias: vnet.alias || null,
    subnets: sortedEntries(config.subnets)
      .filter(([, subnet]) => subnet.vnet === id)
      .map(([subnetId, subnet]) => subnetView(subnetId, subnet)),
  };
}

function subnetView(id: string, subnet: SubnetOptions): SubnetView {
  const parts = id.split("-");
  const [network = "", mask = ""] = parts.slice(-2);
  if (parts.length < 3) throw new Error(`subnet ${id}: the id is not ZONE-NETWORK-MASK`);
  return {
    network,
    cidr: `${network}/${mask}`,
    mask,
    gateway: subnet.gateway || null,
    snat: truthy(subnet.snat),
  };
}

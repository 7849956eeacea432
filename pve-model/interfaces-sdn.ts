import { isIpv6, SubnetView, VnetView, ZoneView } from "./sdn-objects";
import { NodeInput, PveVersion } from "./types";
import { routeTo } from "./vtep";

/** Destinations that Proxmox VE asks the routing table for, to find the way out and its address. */
const OUTSIDE4 = "8.8.8.8";
const OUTSIDE6 = "2001:4860:4860::8888";

/** Metric of the VRF's last-resort route; an exit node has its own default and takes it away. */
const UNREACHABLE_METRIC = 4278198272;

/**
 * Text of /etc/network/interfaces.d/sdn, stanzas sorted by device name.
 * @param zones the EVPN zones on the node; a zone without VNets makes no device
 * @param tunnelIp the node's VTEP address
 */
export function renderInterfacesSdn(
  version: PveVersion,
  input: NodeInput,
  zones: ZoneView[],
  tunnelIp: string,
): string {
  const stanzas = new Map<string, string[]>();
  for (const zone of zones.filter(({ vnets }) => vnets.length > 0)) {
    for (const vnet of zone.vnets) {
      stanzas.set(vnet.id, vnetBridge(zone, vnet, input));
      stanzas.set(`vxlan_${vnet.id}`, vxlan(zone, vnet.tag, tunnelIp));
    }
    stanzas.set(zone.vrf, vrf(zone));
    stanzas.set(`vrfbr_${zone.id}`, vrfBridge(zone));
    stanzas.set(`vrfvx_${zone.id}`, vxlan(zone, zone.vni, tunnelIp));
    if (zone.localRouting) {
      stanzas.set(`xvrf_${zone.id}`, veth(version, zone, 1));
      stanzas.set(`xvrfp_${zone.id}`, veth(version, zone, 2));
    }
  }
  const blocks = [...stanzas.keys()]
    .sort()
    .map((name) => `\nauto ${name}\niface ${name}\n${body(stanzas.get(name) ?? [])}`);
  return `#version:${input.runningConfig.version ?? ""}\n${blocks.join("")}`;
}

const body = (lines: string[]) => lines.map((line) => `\t${line}\n`).join("");

/**
 * Assumed, not recorded: a subnet without gateway gives no address and no forwarding but keeps its
 * SNAT rules; a VNet without any gateway has no `arp-accept`; `isolate-ports` acts on guests' ports.
 */
function vnetBridge(zone: ZoneView, vnet: VnetView, input: NodeInput): string[] {
  const gateways = vnet.subnets.flatMap(({ gateway }) => gateway ?? []);
  const routed = gateways.length > 0;
  return [
    ...vnet.subnets.flatMap((subnet) => [
      ...(subnet.gateway === null ? [] : [`address ${subnet.gateway}/${subnet.mask}`]),
      ...(subnet.snat && zone.exitNode ? snatRules(subnet, input) : []),
    ]),
    ...(zone.mac === null ? [] : [`hwaddress ${zone.mac}`]),
    `bridge_ports vxlan_${vnet.id}`,
    "bridge_stp off",
    "bridge_fd 0",
    `mtu ${zone.mtu}`,
    ...(vnet.alias === null ? [] : [`alias ${vnet.alias}`]),
    ...(gateways.some((gateway) => !isIpv6(gateway)) ? ["ip-forward on"] : []),
    ...(gateways.some(isIpv6) ? ["ip6-forward on"] : []),
    ...(routed ? ["arp-accept on"] : []),
    `vrf ${zone.vrf}`,
  ];
}

/** Nothing without a way out: Proxmox VE has no address to translate to. */
function snatRules(subnet: SubnetView, input: NodeInput): string[] {
  const six = isIpv6(subnet.network);
  const iptables = six ? "ip6tables" : "iptables";
  const outside = routeTo(six ? OUTSIDE6 : OUTSIDE4, input);
  if (outside === null) return [];
  const translate = `POSTROUTING -s '${subnet.cidr}' -o ${outside.device} -j SNAT --to-source ${outside.address}`;
  // Guests behind the firewall bridge would be tracked twice: a zone of their own keeps them apart.
  const track = "PREROUTING -i fwbr+ -j CT --zone 1";
  return [
    `post-up ${iptables} -t nat -A ${translate}`,
    `post-down ${iptables} -t nat -D ${translate}`,
    `post-up ${iptables} -t raw -I ${track}`,
    `post-down ${iptables} -t raw -D ${track}`,
  ];
}

/** The place of `vxlan-port` is assumed, not recorded. */
function vxlan(zone: ZoneView, vni: string, tunnelIp: string): string[] {
  return [
    `vxlan-id ${vni}`,
    `vxlan-local-tunnelip ${tunnelIp}`,
    ...(zone.vxlanPort === null ? [] : [`vxlan-port ${zone.vxlanPort}`]),
    "bridge-learning off",
    ...(zone.suppressNeighbors ? ["bridge-arp-nd-suppress on"] : []),
    `mtu ${zone.mtu}`,
  ];
}

function vrf(zone: ZoneView): string[] {
  const verb = zone.exitNode ? "del" : "add";
  return [
    "vrf-table auto",
    `post-up ip route ${verb} vrf ${zone.vrf} unreachable default metric ${UNREACHABLE_METRIC}`,
  ];
}

function vrfBridge(zone: ZoneView): string[] {
  return [
    `bridge-ports vrfvx_${zone.id}`,
    "bridge_stp off",
    "bridge_fd 0",
    `mtu ${zone.mtu}`,
    `vrf ${zone.vrf}`,
  ];
}

/** The pair that joins the VRF (end 2) to the node's main table (end 1), for local routing. */
function veth(version: PveVersion, zone: ZoneView, end: 1 | 2): string[] {
  const peer = end === 1 ? `xvrfp_${zone.id}` : `xvrf_${zone.id}`;
  return [
    "link-type veth",
    `address 10.255.255.${end}/30`,
    // 8.4 knows no IPv6 here, so its routes to IPv6 subnets name an IPv4 gateway and are refused.
    ...(version === "8.4" ? [] : [`address fe80::${end}/126`]),
    `veth-peer-name ${peer}`,
    ...(end === 2 ? [`vrf ${zone.vrf}`] : []),
    // Recorded for a zone of 1450 only. Never a VXLAN hop, so the 50 bytes that the zone keeps free for the header come back.
    `mtu ${zone.mtu + 50}`,
  ];
}

import {
  addListRule,
  addRouteMapEntry,
  emptyFrrConfig,
  entryOf,
  FrrConfig,
  FrrSection,
  sectionOf,
} from "./frr-config";
import { ControllerView, isIpv6, ZoneView } from "./sdn-objects";
import { PveVersion } from "./types";
import { LocalVtep } from "./vtep";

const UNICAST = ["ipv4 unicast", "ipv6 unicast"];

/** Matches of the default routes, for the route-maps of an exit node. */
const DEFAULTS = [
  " match ip address prefix-list only_default",
  " match ipv6 address prefix-list only_default_v6",
];

/** A route of this metric loses against the primary exit node's, which has none. */
const SECONDARY_METRIC = " set metric 200";

/**
 * What Proxmox VE generates for frr.conf, before frr.conf.local is merged. Recorded with one zone
 * on all nodes; assumed beyond that: a zone on other nodes gives nothing here, each exit zone adds
 * its own entries to the route-maps, static routes follow the order of VNets and subnets.
 * @param zones the EVPN zones on the node; a zone without VNets still makes its VRF here
 */
export function generateFrrConfig(
  version: PveVersion,
  controller: ControllerView,
  zones: ZoneView[],
  vtep: LocalVtep,
  routerId: string,
): FrrConfig {
  const config = emptyFrrConfig();
  const router = underlayRouter(config, controller, vtep, routerId);
  for (const zone of zones) {
    sectionOf(config, "vrf", `vrf ${zone.vrf}`).lines.push(` vni ${zone.vni}`);
    vrfRouter(config, controller, zone, routerId);
    if (zone.exitNode) exitRouting(version, config, router, zone);
  }
  // Last, because everything that the zones did not match passes here.
  for (const name of ["MAP_VTEP_IN", "MAP_VTEP_OUT"]) {
    addRouteMapEntry(config, name, { action: "permit", lines: [] });
  }
  return config;
}

function underlayRouter(
  config: FrrConfig,
  { asn, peers }: ControllerView,
  vtep: LocalVtep,
  routerId: string,
): FrrSection {
  const router = sectionOf(config, "router", `router bgp ${asn}`);
  router.lines.push(
    ` bgp router-id ${routerId}`,
    " no bgp hard-administrative-reset",
    " no bgp default ipv4-unicast",
    " coalesce-time 1000",
    " no bgp graceful-restart notification",
    " neighbor VTEP peer-group",
    ` neighbor VTEP remote-as ${asn}`,
    " neighbor VTEP bfd",
    // A tunnel address that is no peer leaves the node peering with itself.
    ...peers
      .filter((peer) => peer !== vtep.address)
      .map((peer) => ` neighbor ${peer} peer-group VTEP`),
  );
  router.families.set("l2vpn evpn", [
    "  neighbor VTEP activate",
    "  neighbor VTEP route-map MAP_VTEP_IN in",
    "  neighbor VTEP route-map MAP_VTEP_OUT out",
    "  advertise-all-vni",
  ]);
  return router;
}

function vrfRouter(config: FrrConfig, { asn }: ControllerView, zone: ZoneView, routerId: string) {
  const router = sectionOf(config, "router", `router bgp ${asn} vrf ${zone.vrf}`);
  router.lines.push(
    ` bgp router-id ${routerId}`,
    " no bgp hard-administrative-reset",
    " no bgp graceful-restart notification",
  );
  const advertise = zone.advertiseSubnets && !zone.exitNode;
  if (advertise || (zone.exitNode && !zone.localRouting)) {
    for (const family of UNICAST) addTo(router, family, ["  redistribute connected"]);
  }
  addTo(router, "l2vpn evpn", [
    ...(advertise ? ["  advertise ipv4 unicast", "  advertise ipv6 unicast"] : []),
    ...(zone.exitNode ? ["  default-originate ipv4", "  default-originate ipv6"] : []),
    ...zone.routeTargets.map((target) => `  route-target import ${target}`),
  ]);
}

function exitRouting(version: PveVersion, config: FrrConfig, router: FrrSection, zone: ZoneView) {
  if (zone.localRouting) {
    for (const { cidr } of zone.vnets.flatMap(({ subnets }) => subnets)) {
      config.staticRoutes.push(localRoute(version, cidr, zone));
    }
  } else {
    for (const family of UNICAST) addTo(router, family, [`  import vrf ${zone.vrf}`]);
  }
  addListRule(config, {
    kind: "ip prefix-list",
    name: "only_default",
    seq: "1",
    rule: "permit 0.0.0.0/0",
  });
  addListRule(config, {
    kind: "ipv6 prefix-list",
    name: "only_default_v6",
    seq: "1",
    rule: "permit ::/0",
  });
  for (const match of DEFAULTS) {
    if (zone.secondaryExit) {
      const lines = [match, SECONDARY_METRIC];
      addRouteMapEntry(config, "MAP_VTEP_OUT", { action: "permit", lines });
    } else {
      addRouteMapEntry(config, "MAP_VTEP_IN", { action: "deny", lines: [match] });
    }
  }
}

/** 8.4 writes `ip route` and an IPv4 gateway for IPv6 subnets too, which FRR refuses. */
function localRoute(version: PveVersion, cidr: string, zone: ZoneView): string {
  return isIpv6(cidr) && version !== "8.4"
    ? `ipv6 route ${cidr} fe80::2 xvrf_${zone.id}`
    : `ip route ${cidr} 10.255.255.2 xvrf_${zone.id}`;
}

function addTo(section: FrrSection, family: string, lines: string[]) {
  if (lines.length > 0) entryOf(section.families, family, () => [] as string[]).push(...lines);
}

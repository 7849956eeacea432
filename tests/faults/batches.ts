/**
 * Faults by the look at which they are provoked together: only such as lie on different nodes and whose
 * consequences do not meet, so that every failing row has one possible cause.
 */
export const BATCHES: string[][] = [
  ["mesh-link-down"],
  ["one-direction-lost"],
  ["link-mtu"],
  ["full-size-lost"],
  ["blackhole"],
  ["loopback-removed"],
  ["bgpd-stopped"],
  ["forwarding-off", "rp-filter", "bfdd-stopped"],
  ["neighbor-deactivated"],
  ["neighbor-shutdown"],
  ["wrong-asn"],
  ["block-not-running"],
  ["block-edited", "vrf-vni-removed"],
  ["route-target-changed"],
  ["vxlan-deleted", "vxlan-down", "vtep-wrong"],
  ["vtep-ipv6"],
  ["vxlan-out-of-bridge", "vxlan-mtu", "bridge-out-of-vrf"],
  ["vnets-joined", "flooding-disabled"],
  ["gateway-removed", "gateway-mac", "snat-removed"],
  ["upstream-lost"],
  ["zone-unavailable", "change-pending"],
  ["node-unreachable"],
];

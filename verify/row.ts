import { CauseId, CAUSES } from "./causes";

/** The checks, in the order of a table: what others rest on stands first. */
export const CHECKS = {
  node: "reached by SSH",
  daemon: "FRR's daemons run",
  sysctl: "kernel settings",
  link: "mesh interfaces are up and large enough",
  loopback: "loopback addresses",
  block: "the block on disk and in FRR's running config",
  "frr-config": "FRR runs what Proxmox VE wrote",
  underlay: "unicast sessions on the mesh",
  path: "VTEP to VTEP",
  mtu: "VTEP to VTEP unfragmented at the zone's MTU and VXLAN's overhead",
  neighbor: "l2vpn evpn sessions",
  vxlan: "VXLAN devices",
  vrf: "the zone's VRF and its bridges",
  bridge: "no foreign port on a VNet's bridge",
  l3vni: "the VRF's VNI in FRR",
  vtep: "FRR's own idea of the tunnel source",
  gateway: "gateway addresses",
  "gateway-mac": "one MAC address of the gateways",
  "route-target": "route targets of the VRF and the VNets",
  "type-3": "type-3 routes from every node",
  "next-hop": "next hops are VTEPs",
  fdb: "flood entries",
  "type-2": "type-2 routes of guests",
  default: "default routes in the VRF",
  "vrf-route": "no failed route in the VRF",
  mac: "no MAC address in two places",
  snat: "SNAT rules on exit nodes",
  upstream: "exit nodes reach the outside",
  pending: "nothing pending in the SDN config",
  zone: "Proxmox VE calls the zone available",
  vnet: "VNets and subnets as planned",
  guest: "guests' cards fit their VNet",
} as const;
export type CheckName = keyof typeof CHECKS;

/**
 * pass: as expected. fail: not as expected, and nothing else explains it. warn: not as expected, and
 * either it follows from a failure elsewhere (`follows`) or it is harmless (`reason`). skip: not looked
 * at (`reason`).
 */
export type Status = "pass" | "fail" | "warn" | "skip";

/** Names a row. */
export interface RowName {
  check: CheckName;
  node: string;
  /** What was looked at: a device, a gateway, a neighbor. */
  subject: string;
}

/** The outcome of one check of one thing on one node. */
export interface Row extends RowName {
  status: Status;
  expected: string;
  observed: string;
  /** Why it is skipped, or why a warning is harmless. */
  reason?: string;
  /** Of a failure: the likely cause, in words, and the command to look closer. */
  cause?: CauseId;
  likely?: string;
  look?: string;
  /** Of a warning: the failure from which it follows. */
  follows?: RowName;
  /** The other node, where the row is about two. */
  peer?: string;
  /** Device, bridge or VNet that the row is about. */
  device?: string;
}

export type RowBase = Pick<Row, "check" | "node" | "subject" | "expected" | "peer" | "device">;

const MISSING = "missing";

export const pass = (base: RowBase, observed = base.expected): Row => ({
  ...base,
  observed,
  status: "pass",
});

export const skip = (base: RowBase, reason: string): Row => ({
  ...base,
  observed: "not looked at",
  status: "skip",
  reason,
});

/** @param look the command to look closer, as typed on the node */
export const fail = (
  base: RowBase,
  observed: string | undefined,
  cause: CauseId,
  look: string,
): Row => ({
  ...base,
  observed: observed ?? MISSING,
  status: "fail",
  cause,
  likely: CAUSES[cause].text,
  look,
});

/** Passes when the text seen is the expected one; `undefined` means it was not there at all. */
export function compare(
  base: RowBase,
  observed: string | undefined,
  cause: CauseId,
  look: string,
): Row {
  return observed === base.expected ? pass(base) : fail(base, observed, cause, look);
}

export const sameRow = (a: RowName, b: RowName) =>
  a.check === b.check && a.node === b.node && a.subject === b.subject;

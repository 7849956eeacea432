/**
 * What a fabric's stack gives to the programs of its VMs: the stack output `networks`.
 * This folder imports nothing, so that it can be copied or published on its own.
 */

/** Raised when a field changes its meaning or goes away; new optional fields do not raise it. */
export const CONTRACT_VERSION = 1;

export interface ContractSubnet {
  /** Canonical CIDR, e.g. `fd00:101::/64`. */
  cidr: string;
  family: "ipv4" | "ipv6";
  /** Anycast gateway, the same on every node. */
  gateway: string;
  /** Whether exit nodes translate guests' addresses. */
  snat: boolean;
}

export interface ContractNetwork {
  /** Bridge on every node that a guest's interface joins. */
  bridge: string;
  zone: string;
  vni: number;
  /** VXLAN separates the networks, so a guest's interface never carries a VLAN tag. */
  vlanTag: null;
  /** Bytes; a guest's interface must not have more. */
  mtu: number;
  /** Nodes on which the bridge exists. */
  nodes: string[];
  subnets: ContractSubnet[];
}

export interface NetworkContract {
  version: number;
  /** By the VNet's key. */
  networks: Record<string, ContractNetwork>;
}

/** The last time that the fabric was seen to carry packets. */
export interface Verified {
  /** ISO 8601, UTC. */
  at: string;
  /** Hash of the plan that was verified. */
  planHash: string;
}

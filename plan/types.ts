import { NetworkContract } from "../contract/types";
import { PveVersion } from "../pve-model/types";
import { Family } from "./addressing";
import { OperatorBlock } from "./operator-file";

/** Where a stack's block and messages say who they belong to. */
export interface StackIdentity {
  project: string;
  stack: string;
}

/** How to reach a node by SSH. Holds no secret: the private key goes another way. */
export interface NodeEndpoint {
  name: string;
  host: string;
  port: number;
  user: string;
  /** authorized_keys form. Empty only in a preview: nothing connects without it. */
  hostKey: string;
}

export interface PlannedNode {
  name: string;
  endpoint: NodeEndpoint;
  /** The node's address in `controller.peers`: tunnel source and end of its EVPN sessions. */
  vtep: string;
  /** Loopback addresses that the underlay announces. */
  loopback: { ipv4?: string; ipv6?: string };
  /** Empty in a routed fabric that names none. */
  meshInterfaces: string[];
  /** Whether the node has the zone: its VRF, VNets and gateways. */
  inZone: boolean;
  isExit: boolean;
}

export interface PlannedController {
  id: string;
  asn: number;
  /** VTEP addresses in the order of the config. */
  peers: string[];
}

export interface PlannedZone {
  id: string;
  vrfVni: number;
  /**
   * Always given: with none PVE means all nodes of the cluster, and the proxmoxve provider cannot take
   * a list back once it is set.
   */
  nodes: string[];
  mtu: number;
  exitNodes: string[];
  primaryExitNode?: string;
  exitNodesLocalRouting: boolean;
  advertiseSubnets: boolean;
  disableArpNdSuppression: boolean;
  /** The one value that the zone object takes; the others stand in the block. */
  rtImport?: string;
}

export interface PlannedSubnet {
  key: string;
  /** Id of PVE's object. */
  id: string;
  cidr: string;
  family: Family;
  prefix: number;
  gateway: string;
  snat: boolean;
}

export interface PlannedVnet {
  key: string;
  id: string;
  vni: number;
  alias?: string;
  subnets: PlannedSubnet[];
}

/** A router outside the cluster, to which each node has a session. */
export interface PlannedExternalPeer {
  address: string;
  asn: number;
  families: ("evpn" | "ipv4" | "ipv6")[];
  hops: number;
}

/** Everything that the fabric is to be: plain data, frozen, free of secrets. */
export interface Plan {
  identity: StackIdentity;
  name: string;
  /** Node whose pvesh is used. */
  entryNode: string;
  nodes: PlannedNode[];
  /** Names of dead nodes that are left alone; nothing else in the plan knows them. */
  retired: string[];
  controller: PlannedController;
  zone: PlannedZone;
  vnets: PlannedVnet[];
  /** The stack's own word; undefined: the cluster is asked before anything is changed. */
  pveVersion?: PveVersion;
  /** routed: the underlay is somebody else's, and the block has no mesh neighbors. */
  topology: "ring" | "mesh" | "routed";
  externalPeers: PlannedExternalPeer[];
  evpnSessions: "vtep" | "mesh";
  /** Who writes the nodes' frr.conf. */
  frrOwner: "proxmox" | "operator";
  /** Text of each node's block in frr.conf.local, markers included, by node name. Owner proxmox. */
  blocks: Record<string, string>;
  /** Each node's block in the operator's frr.conf, by node name. Owner operator. */
  operatorBlocks: Record<string, OperatorBlock>;
  contract: NetworkContract;
  /** SHA-256 (hex, 16 digits) over all that reaches the cluster; equal plans have equal hashes. */
  hash: string;
}

/** Versions of Proxmox VE whose file generation is modelled, each held to recorded data. */
export type PveVersion = "8.4" | "9.1" | "9.2-pre";
export const PVE_VERSIONS = ["8.4", "9.1", "9.2-pre"] as const satisfies readonly PveVersion[];

/** Proxmox VE stores booleans as 1 and 0, sometimes as text. */
export type PveBoolean = 0 | 1 | "0" | "1" | boolean;

/** Options that the model knows; others may stand beside them and change nothing. */
export interface ControllerOptions {
  type?: string;
  asn?: number | string;
  /** Addresses of all VTEPs, separated by commas; a node finds itself among them. */
  peers?: string;
  [option: string]: unknown;
}

export interface ZoneOptions {
  type?: string;
  controller?: string;
  /** VNI of the VRF (L3VNI). */
  "vrf-vxlan"?: number | string;
  /** Bytes. */
  mtu?: number | string;
  /** Anycast gateway MAC. */
  mac?: string;
  /** Node lists, separated by commas. `nodes` absent: the zone is on every node. */
  nodes?: string;
  exitnodes?: string;
  "exitnodes-primary"?: string;
  "exitnodes-local-routing"?: PveBoolean;
  "advertise-subnets"?: PveBoolean;
  "disable-arp-nd-suppression"?: PveBoolean;
  /** Route targets NUMBER:NUMBER, separated by commas. */
  "rt-import"?: string;
  "vxlan-port"?: number | string;
  [option: string]: unknown;
}

export interface VnetOptions {
  type?: string;
  zone?: string;
  /** VNI of the VNet. */
  tag?: number | string;
  alias?: string;
  [option: string]: unknown;
}

export interface SubnetOptions {
  type?: string;
  vnet?: string;
  gateway?: string;
  snat?: PveBoolean;
  [option: string]: unknown;
}

/** One section of the running config: objects by id. Subnet ids are ZONE-NETWORK-MASK. */
export interface Section<Options> {
  ids: Record<string, Options>;
}

/** /etc/pve/sdn/.running-config: what the last apply committed. */
export interface RunningConfig {
  version?: number;
  controllers?: Section<ControllerOptions>;
  zones?: Section<ZoneOptions>;
  vnets?: Section<VnetOptions>;
  subnets?: Section<SubnetOptions>;
}

/** All that Proxmox VE looks at on a node when it writes the node's SDN files. */
export interface NodeInput {
  node: string;
  runningConfig: RunningConfig;
  /** Text of /etc/network/interfaces. */
  interfaces: string;
  /** Text of /etc/frr/frr.conf.local; null when there is no such file. */
  frrConfLocal: string | null;
  /** Address -> "SRC,DEV", as `ip route get ADDRESS` answers on the node. */
  routes: Record<string, string>;
  /**
   * Device -> MAC address, where a router id comes from when the VTEP address is IPv6. Absent: the
   * addresses of the bench that the recorded vectors come from (vtep.ts).
   */
  macs?: Record<string, string>;
}

/** What Proxmox VE leaves behind on the node. */
export interface NodeFiles {
  /** /etc/frr/frr.conf. null without an error: PVE writes no file in that state. */
  frrConf: string | null;
  /** Why PVE fails to write frr.conf; interfaces.d/sdn has been written by then. */
  frrError: string | null;
  /** /etc/network/interfaces.d/sdn; null when PVE fails before it is written. */
  interfacesDSdn: string | null;
  warnings: string[];
}

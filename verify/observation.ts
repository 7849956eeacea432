import { z } from "zod";
import { unmapped } from "../plan/addressing";

/** FRR and iproute2 differ in what they add between versions, so only what is read here is named. */
const linkSchema = z.looseObject({
  ifname: z.string(),
  mtu: z.number(),
  flags: z.array(z.string()).default([]),
  master: z.string().optional(),
  /** The other end of a veth on this node. */
  link: z.string().optional(),
  /** MAC address. */
  address: z.string().optional(),
  linkinfo: z
    .looseObject({
      info_kind: z.string().optional(),
      info_data: z
        .looseObject({
          id: z.number().optional(),
          local: z.string().optional(),
          local6: z.string().optional(),
          port: z.number().optional(),
        })
        .optional(),
    })
    .optional(),
  addr_info: z
    .array(z.looseObject({ local: z.string().optional(), prefixlen: z.number().optional() }))
    .default([]),
});

const fdbSchema = z.looseObject({
  mac: z.string(),
  ifname: z.string().optional(),
  dst: z.string().optional(),
});

const peerSchema = z.looseObject({ state: z.string(), hostname: z.string().optional() });
const summarySchema = z.looseObject({ peers: z.record(z.string(), peerSchema).default({}) });

/** `show bgp summary json`: a family without neighbors is left out. */
export const summariesSchema = z.looseObject({
  ipv4Unicast: summarySchema.optional(),
  ipv6Unicast: summarySchema.optional(),
  l2VpnEvpn: summarySchema.optional(),
});

/**
 * `show evpn vni detail json`. FRR names the tunnel source differently for the VRF's VNI, and the VRF
 * itself `vrf` in 8.4.
 */
export const vniSchema = z
  .looseObject({
    vni: z.number(),
    type: z.string(),
    tenantVrf: z.string().optional(),
    vrf: z.string().optional(),
    vtepIp: z.string().optional(),
    localVtepIp: z.string().optional(),
    state: z.string().optional(),
    routerMac: z.string().optional(),
  })
  .transform(({ vrf, ...vni }) => ({ ...vni, tenantVrf: vni.tenantVrf ?? vrf }));

/** `show bgp l2vpn evpn vni json`: VNIs by number between settings of the whole. */
export const bgpVnisSchema = z.record(z.string(), z.unknown());
export const bgpVniSchema = z.looseObject({
  vni: z.number(),
  importRTs: z.array(z.string()).default([]),
  exportRTs: z.array(z.string()).default([]),
});

const pathSchema = z.looseObject({
  valid: z.boolean().optional(),
  peerId: z.string().optional(),
  extendedCommunity: z.looseObject({ string: z.string().default("") }).optional(),
  nexthops: z.array(z.looseObject({ ip: z.string().optional() })).default([]),
});

/** `show bgp l2vpn evpn route json`: by route distinguisher and prefix; paths may be nested once. */
export const evpnRoutesSchema = z.record(z.string(), z.unknown());
export const evpnRouteSchema = z.looseObject({
  prefix: z.string(),
  paths: z.array(z.union([pathSchema, z.array(pathSchema)])).default([]),
});

/** `::ffff:10.255.0.1`, or `::ffff:aff:1` in FRR 8.4: how an IPv6 route has an IPv4 VTEP as next hop. */
const nextHopSchema = z.looseObject({
  ip: z.string().transform(unmapped).optional(),
  interfaceName: z.string().optional(),
});

const vrfRouteSchema = z.looseObject({
  prefix: z.string(),
  protocol: z.string().optional(),
  selected: z.boolean().optional(),
  installed: z.boolean().optional(),
  failed: z.boolean().optional(),
  queued: z.boolean().optional(),
  nexthops: z.array(nextHopSchema).default([]),
});
export const vrfRoutesSchema = z.record(z.string(), z.array(vrfRouteSchema));

const macSchema = z.looseObject({
  type: z.string(),
  intf: z.string().optional(),
  remoteVtep: z.string().optional(),
  isDuplicate: z.boolean().optional(),
});
/** `show evpn mac vni all json`, by VNI and MAC address. */
export const macsSchema = z.record(
  z.string(),
  z.looseObject({ macs: z.record(z.string(), macSchema).default({}) }),
);

const bfdSchema = z.looseObject({
  interface: z.string().optional(),
  peer: z.string().optional(),
  status: z.string().optional(),
  diagnostic: z.string().optional(),
});

export const linksSchema = z.array(linkSchema);
export const fdbsSchema = z.array(fdbSchema);
export const bfdPeersSchema = z.array(bfdSchema);
export const defaultRoutesSchema = z.array(
  z.looseObject({ dev: z.string().optional(), gateway: z.string().optional() }),
);

/** A route of l2vpn evpn as one node has it. */
export interface EvpnRoute {
  /** `[3]:[0]:[32]:[10.255.0.2]`: type, then what the type has. */
  prefix: string;
  /** Extended communities as text: `RT:60904:10100 ET:8`. */
  communities: string;
  /** Addresses. */
  nextHops: string[];
  /** Who sent it; absent for a route of the node's own. */
  from?: string;
}

/** What a packet from this node's VTEP to another one met. */
export interface PathLook {
  /** A packet of full size, unfragmented, was answered. */
  full: boolean;
  /** A small one was answered. */
  small: boolean;
  /** Interface that the kernel's routing table names; absent: none, or a blackhole. */
  device?: string;
}

/** An exit's way out in one family. */
export interface UpstreamLook {
  gateway?: string;
  device?: string;
  /** The gateway answered a ping or neighbor discovery. */
  answers: boolean;
}

/** What a node says of itself, as the kernel and FRR give it. */
export interface Observation {
  links: z.infer<typeof linksSchema>;
  fdb: z.infer<typeof fdbsSchema>;
  /** Names of the FRR daemons that run. */
  daemons: string[];
  /** Values by path under /proc/sys. */
  sysctls: Record<string, string>;
  /** Neighbors by family. */
  summaries: z.infer<typeof summariesSchema>;
  vnis: z.infer<typeof vniSchema>[];
  bgpVnis: z.infer<typeof bgpVniSchema>[];
  routes: EvpnRoute[];
  /** The VRF's routes by prefix, both families. */
  vrfRoutes: z.infer<typeof vrfRoutesSchema>;
  macs: z.infer<typeof macsSchema>;
  bfd: z.infer<typeof bfdPeersSchema>;
  /** Of FRR: what runs, and the files on disk; empty text for a file that is not there. */
  runningConfig: string;
  frrConf: string;
  frrConfLocal: string;
  /** By the other node's VTEP. */
  paths: Record<string, PathLook>;
  /** Rules of the nat table, as iptables-save and ip6tables-save print them. */
  nat: string[];
  /** By family; absent on a node that is no exit. */
  upstream: Partial<Record<"ipv4" | "ipv6", UpstreamLook>>;
}

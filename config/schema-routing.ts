import { z } from "zod";
import * as f from "./fields";

/** What runs BGP: the underlay, the routers outside of it, and what stands for FRR in the block. */

const externalPeerSchema = z.strictObject({
  address: f.ip.describe("Address that the sessions go to; the same router for every node."),
  asn: f.asn.describe("Its AS number, another one than the fabric's: the sessions are eBGP."),
  families: z
    .array(z.enum(["evpn", "ipv4", "ipv6"]))
    .min(1, { error: "needs at least one address family" })
    .default(["evpn"])
    .describe(
      "evpn: routes of the zone, in both directions. ipv4, ipv6: unicast, for the loopbacks alone.",
    ),
  hops: f.hops
    .default(1)
    .describe(
      "Hops to it at most. 1: it is on a network of each node. More: the session starts at the VTEP.",
    ),
});

export const fabricSchema = z.strictObject({
  asn: f.asn.describe(
    "The cluster's AS number; all sessions between the nodes are internal (iBGP).",
  ),
  topology: z
    .enum(["ring", "mesh", "routed"])
    .default("ring")
    .describe(
      "ring: a link from each node to two others. mesh: a link to every other. On both our block runs BGP. routed: the underlay is somebody else's and reaches every VTEP already.",
    ),
  underlayMtu: f.underlayMtu.default(1500).describe("MTU in bytes of the mesh interfaces."),
  externalPeers: z
    .array(externalPeerSchema)
    .default([])
    .describe("Edge routers outside the cluster, to which every node has a session of its own."),
});

const extraLines = (where: string) =>
  z
    .array(f.frrLine)
    .default([])
    .describe(`Statements ${where}, one an entry, without indentation.`);

const extraLinesSchema = z.strictObject({
  router: extraLines("of the router itself, before any address family"),
  ipv4: extraLines("of its address-family ipv4 unicast"),
  ipv6: extraLines("of its address-family ipv6 unicast"),
  evpn: extraLines("of its address-family l2vpn evpn"),
});

export const frrSchema = z.strictObject({
  owner: z
    .enum(["proxmox", "operator"])
    .default("proxmox")
    .describe(
      "proxmox: PVE writes frr.conf, our block lives in frr.conf.local. operator: frr.conf is yours.",
    ),
  evpnSessions: z
    .enum(["vtep", "mesh"])
    .default("vtep")
    .describe("vtep: EVPN on PVE's sessions between loopbacks. mesh: also on the mesh neighbors."),
  discardExisting: f.flag
    .default(false)
    .describe(
      "Lets Proxmox VE overwrite lines of an existing frr.conf that neither it nor our block carries.",
    ),
  routeReflection: f.flag
    .default(true)
    .describe(
      "Nodes pass on each other's routes, so that the loss of a mesh link separates nobody. Needed in a ring of more than three.",
    ),
  updateSource: f.flag
    .default(true)
    .describe(
      "Lets PVE's EVPN sessions start at the VTEP address, which loopbacks need. false where all VTEPs stand on one shared network: with it BFD of FRR 10.3 may stay down there.",
    ),
  advertiseSviIp: f.flag
    .default(false)
    .describe("Announces the gateways' addresses as type-2 routes."),
  extraLines: extraLinesSchema
    .prefault({})
    .describe("Statements of your own in the block's `router bgp`, the same on every node."),
});

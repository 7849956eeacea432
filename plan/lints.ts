import * as ipaddr from "ipaddr.js";
import { FabricConfig } from "../config/schema";
import { Violation } from "../config/violation";
import { familyOf, network, vxlanOverhead } from "./addressing";
import { peersOf } from "./invariants-peers";

/**
 * What works but seldom as meant: warnings, never errors. Each lint is a function of the whole config
 * that returns what it finds.
 */
type Lint = (config: FabricConfig) => Violation[];

/** MTU in bytes of an ordinary Ethernet link. */
const ETHERNET_MTU = 1500;

const subnetsOf = ({ vnets }: FabricConfig) =>
  vnets.flatMap((vnet, v) =>
    vnet.subnets.map((subnet, s) => ({ ...subnet, path: `vnets[${v}].subnets[${s}]` })),
  );

/** `a`, or `a and 3 more`: a lint about many places is one message. */
const firstOf = (paths: string[]) =>
  paths.length > 1 ? `${paths[0]} and ${paths.length - 1} more` : `${paths[0]}`;

const advertiseSubnetsOnExits: Lint = ({ zone, nodes }) =>
  zone.advertiseSubnets && nodes.every(({ name }) => zone.exitNodes.includes(name))
    ? [
        {
          path: "zone.advertiseSubnets",
          value: true,
          reason:
            "has no effect: PVE ignores it on exit nodes, and every node is one; silent hosts stay unannounced",
          remedy: "Take it out, or take nodes out of zone.exitNodes",
        },
      ]
    : [];

const snatWithoutPrimary: Lint = (config) => {
  const { exitNodes, primaryExitNode } = config.zone;
  const paths = subnetsOf(config)
    .filter(({ snat }) => snat)
    .map(({ path }) => `${path}.snat`);
  if (paths.length === 0 || exitNodes.length < 2 || primaryExitNode !== undefined) return [];
  return [
    {
      path: "zone.primaryExitNode",
      reason: `is not set, but SNAT (${firstOf(paths)}) goes through ${exitNodes.length} exit nodes that tie: a flow may leave by one and its replies reach another, which does not know it`,
      remedy: `Set it to one of ${exitNodes.join(", ")}`,
    },
  ];
};

const snatWithoutExit: Lint = (config) => {
  const paths = subnetsOf(config)
    .filter(({ snat }) => snat)
    .map(({ path }) => `${path}.snat`);
  if (paths.length === 0 || config.zone.exitNodes.length > 0) return [];
  return [
    {
      path: "zone.exitNodes",
      reason: `is empty, so SNAT (${firstOf(paths)}) has no effect: PVE writes SNAT rules on exit nodes alone`,
      remedy: "Name the nodes that lead to the outside, or take snat out",
    },
  ];
};

/** With owner operator PVE writes no frr.conf, and the mesh sessions are the only ones. */
const doubleSessions: Lint = ({ frr }) =>
  frr.evpnSessions === "mesh" && frr.owner === "proxmox"
    ? [
        {
          path: "frr.evpnSessions",
          value: frr.evpnSessions,
          reason:
            "puts EVPN on the mesh neighbors beside PVE's own sessions between loopbacks: every session and route is there twice",
          remedy: "Use vtep unless the mesh sessions are what you want to run",
        },
      ]
    : [];

const anycastSvi: Lint = (config) =>
  config.frr.advertiseSviIp && subnetsOf(config).length > 0
    ? [
        {
          path: "frr.advertiseSviIp",
          value: true,
          reason:
            "announces each gateway from every node, and the gateways are anycast: one address with as many owners as there are nodes",
          remedy: "Take it out; each node answers for its gateways without it",
        },
      ]
    : [];

const needsJumbo: Lint = (config) => {
  const { mtu } = config.zone;
  const overhead = vxlanOverhead("ipv6");
  const over6 = peersOf(config).some((peer) => familyOf(peer) === "ipv6");
  if (!over6 || mtu + overhead <= ETHERNET_MTU) return [];
  return [
    {
      path: "zone.mtu",
      value: mtu,
      reason: `needs ${mtu + overhead} bytes with tunnels over IPv6 (VXLAN adds ${overhead}): one mesh link or switch port at ${ETHERNET_MTU} loses large packets in silence`,
      remedy: `Use at most ${ETHERNET_MTU - overhead}, or be sure of jumbo frames on every link`,
    },
  ];
};

/** RFC 6996: 64512 to 65534, and 4200000000 to 4294967294. */
function isPrivateAsn(asn: number): boolean {
  return (asn >= 64512 && asn <= 65534) || (asn >= 4200000000 && asn <= 4294967294);
}

const publicAsn: Lint = ({ fabric }) =>
  isPrivateAsn(fabric.asn)
    ? []
    : [
        {
          path: "fabric.asn",
          value: fabric.asn,
          reason: "is not a private AS number (RFC 6996): it is someone's on the internet",
          remedy: "Use 64512 to 65534 or 4200000000 to 4294967294, unless the number is your own",
        },
      ];

/** Global: what is neither ULA (RFC 4193) nor, which the schema refuses, link-local. */
const globalSubnets: Lint = (config) =>
  subnetsOf(config)
    .filter(({ cidr }) => {
      const { family, address } = network(cidr);
      return family === "ipv6" && ipaddr.IPv6.parse(address).range() !== "uniqueLocal";
    })
    .map(({ cidr, snat, path }) => ({
      path: `${path}.cidr`,
      value: cidr,
      reason: snat
        ? "is a global network: where router advertisements are on guests take addresses from it, and they are reachable from outside; snat hides only what they send themselves"
        : "is a global network: where router advertisements are on guests take addresses from it, and the outside reaches them without a firewall between",
      remedy: "Use a network of fd00::/8 (RFC 4193), or filter at the exit nodes",
    }));

const noReflection: Lint = ({ frr, fabric, nodes }) =>
  !frr.routeReflection && fabric.topology !== "routed" && nodes.length >= 3
    ? [
        {
          path: "frr.routeReflection",
          value: false,
          reason:
            "keeps nodes from passing on what they learnt from each other (iBGP, RFC 4456): the loss of one mesh link separates two nodes",
          remedy: "Take it out, which turns reflection on",
        },
      ]
    : [];

const linksMissing: Lint = ({ fabric, nodes }) => {
  if (fabric.topology !== "mesh") return [];
  const others = nodes.length - 1;
  return nodes
    .map((node, index) => ({ node, path: `nodes[${index}].meshInterfaces` }))
    .filter(({ node }) => node.meshInterfaces.length < others)
    .map(({ node, path }) => ({
      path,
      value: node.meshInterfaces,
      reason: `has fewer links than a full mesh (${others} other nodes): what goes to some of them passes through another node`,
      remedy: "Name the missing interfaces, or set fabric.topology: ring",
    }));
};

const NO_SOURCE =
  "takes the VTEP sessions' update-source away: with the loopback on a dummy device Linux picks another source and every session stays Active";

/** On a network that all VTEPs share, which is a routed underlay, the sessions do without. */
const vtepSource: Lint = ({ frr, fabric }) => [
  ...(!frr.updateSource && fabric.topology !== "routed"
    ? [
        {
          path: "frr.updateSource",
          value: false,
          reason: NO_SOURCE,
          remedy: "Take it out; it is for VTEPs on one shared network (fabric.topology: routed)",
        },
      ]
    : []),
  // An operator's line comes after the block's own and replaces it.
  ...frr.extraLines.router
    .map((value, index) => ({ value, path: `frr.extraLines.router[${index}]` }))
    .filter(({ value }) => /^(no )?neighbor VTEP update-source\b/.test(value))
    .map((line) => ({
      ...line,
      reason: NO_SOURCE,
      remedy: "Take it out; the block sets each node's VTEP address",
    })),
];

const insecureApi: Lint = ({ cluster }) =>
  cluster.api.insecure
    ? [
        {
          path: "cluster.api.insecure",
          value: true,
          reason: "sends the API token to whoever answers at cluster.api.endpoint",
          remedy: "Set cluster.api.caFile to the cluster's /etc/pve/pve-root-ca.pem instead",
        },
      ]
    : [];

const LINTS: readonly Lint[] = [
  insecureApi,
  publicAsn,
  advertiseSubnetsOnExits,
  snatWithoutPrimary,
  snatWithoutExit,
  needsJumbo,
  globalSubnets,
  doubleSessions,
  anycastSvi,
  noReflection,
  linksMissing,
  vtepSource,
];

/**
 * Warnings about a config that can be planned, each with its config path, reason and remedy. Sources:
 * the RFCs named, and what PVE and FRR were seen to do with such a config.
 */
export function lintsOf(config: FabricConfig): Violation[] {
  return LINTS.flatMap((lint) => lint(config));
}

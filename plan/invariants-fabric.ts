import { FabricConfig } from "../config/schema";
import { Violation } from "../config/violation";
import { contains } from "./addressing";
import { duplicates } from "./duplicates";

/** A ring of three is a full mesh as long as its links are up; a larger one never is. */
const LARGEST_RING_WITHOUT_REFLECTION = 3;

function missingInterfaces({ fabric, nodes }: FabricConfig): Violation[] {
  return nodes
    .map((node, index) => ({ node, path: `nodes[${index}].meshInterfaces` }))
    .filter(({ node }) => node.meshInterfaces.length === 0)
    .map(({ path }) => ({
      path,
      reason: `is missing, and in a ${fabric.topology} the block runs BGP on the mesh interfaces`,
      remedy: "Set it, or set fabric.topology: routed if the underlay is somebody else's",
    }));
}

/**
 * iBGP passes no route on that came by iBGP (RFC 4271 §9.2.1.1), so without reflection (RFC 4456) each
 * node needs a link of its own to every other.
 */
function missingReflection({ fabric, nodes, frr }: FabricConfig): Violation[] {
  if (frr.routeReflection) return [];
  const found = (reason: string): Violation => ({
    path: "frr.routeReflection",
    value: false,
    reason,
    remedy: "Take it out, which turns reflection on",
  });
  if (fabric.topology === "ring") {
    return nodes.length > LARGEST_RING_WITHOUT_REFLECTION
      ? [
          found(
            `keeps a ring of ${nodes.length} apart: neighbors in iBGP pass nothing on (RFC 4456)`,
          ),
        ]
      : [];
  }
  const few = nodes.find(({ meshInterfaces }) => meshInterfaces.length < nodes.length - 1);
  return few === undefined
    ? []
    : [
        found(
          `separates ${few.name} from nodes that it has no link to: ${few.meshInterfaces.length} mesh interfaces for ${nodes.length - 1} other nodes`,
        ),
      ];
}

/** What the topology asks of the nodes' links. In a routed fabric the block has no mesh neighbors. */
export function checkTopology(config: FabricConfig): Violation[] {
  const { fabric, frr } = config;
  if (fabric.topology !== "routed") {
    const missing = missingInterfaces(config);
    return missing.length > 0 ? missing : missingReflection(config);
  }
  return frr.evpnSessions === "mesh"
    ? [
        {
          path: "frr.evpnSessions",
          value: frr.evpnSessions,
          reason: "puts EVPN on the mesh neighbors, and a routed fabric has none",
          remedy: "Use vtep",
        },
      ]
    : [];
}

type ExternalPeer = FabricConfig["fabric"]["externalPeers"][number];

/** Why an external peer's address cannot be an edge router's; undefined when it can. */
function notOutside(
  { address }: ExternalPeer,
  config: FabricConfig,
): Partial<Violation> | undefined {
  const node = config.nodes.find(({ loopback, address: ssh }) =>
    [loopback.ipv4, loopback.ipv6, ssh].includes(address),
  );
  if (node) {
    return {
      reason: `is an address of ${node.name}, a node of this fabric`,
      remedy: "Name the router outside; sessions between the nodes are made without it",
    };
  }
  const subnet = config.vnets
    .flatMap(({ subnets }) => subnets)
    .find(({ cidr }) => contains(cidr, address));
  return subnet
    ? {
        reason: `lies in the guests' network ${subnet.cidr}, which nodes reach inside the zone alone`,
        remedy: "Name an address of the router in the underlay",
      }
    : undefined;
}

/** Unicast with an edge announces the node's loopback of that family, so there has to be one. */
function withoutLoopback({ families }: ExternalPeer, path: string, { nodes }: FabricConfig) {
  return families.flatMap((family, index): Violation[] => {
    if (family === "evpn") return [];
    const bare = nodes.find(({ loopback }) => loopback[family] === undefined);
    return bare === undefined
      ? []
      : [
          {
            path: `${path}.families[${index}]`,
            value: family,
            reason: `announces each node's loopback.${family}, and ${bare.name} has none`,
            remedy: "Give every node one, or take the family out",
          },
        ];
  });
}

/** Edge routers outside the cluster: reached over the underlay, in an AS of their own. */
export function checkExternalPeers(config: FabricConfig): Violation[] {
  const peers = config.fabric.externalPeers.map((peer, index) => ({
    peer,
    path: `fabric.externalPeers[${index}]`,
  }));
  return [
    ...duplicates(
      peers.map(({ peer, path }) => ({ path: `${path}.address`, value: peer.address })),
      "address",
      "each node has one session to a router",
    ),
    ...peers.flatMap(({ peer, path }) => {
      const inside = notOutside(peer, config);
      const families = peer.families.map((value, index) => ({
        path: `${path}.families[${index}]`,
        value,
      }));
      return [
        ...(inside
          ? [{ path: `${path}.address`, value: peer.address, ...inside } as Violation]
          : []),
        ...(peer.asn === config.fabric.asn
          ? [
              {
                path: `${path}.asn`,
                value: peer.asn,
                reason: "is the fabric's own, but the session to an edge router is external (eBGP)",
                remedy: "Give the edge router an AS number of its own",
              },
            ]
          : []),
        ...duplicates(families, "family", "it is activated once"),
        ...withoutLoopback(peer, path, config),
      ];
    }),
  ];
}

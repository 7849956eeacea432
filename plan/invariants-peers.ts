import { FabricConfig, NodeConfig } from "../config/schema";
import { Violation } from "../config/violation";
import { familyOf } from "./addressing";
import { duplicates } from "./duplicates";

const PATH = "controller.peers";

/** VTEP addresses: `controller.peers`, or every node's IPv4 loopback. */
export function peersOf(config: FabricConfig): string[] {
  return (
    config.controller.peers ??
    config.nodes.flatMap((node) => (node.loopback.ipv4 ? [node.loopback.ipv4] : []))
  );
}

function nodeAddresses(node: NodeConfig): string[] {
  return [node.loopback.ipv4, node.loopback.ipv6].filter((address) => address !== undefined);
}

/** Peers that are wrong in themselves: twice in the list, or no node's. */
function wrongPeers(config: FabricConfig, peers: string[]): Violation[] {
  const known = new Set(config.nodes.flatMap(nodeAddresses));
  const placed = peers.map((value, index) => ({ path: `${PATH}[${index}]`, value }));
  return [
    ...duplicates(placed, "address", "a node is one peer"),
    ...placed
      .filter(({ value }) => !known.has(value))
      .map((peer) => ({
        ...peer,
        reason: "is no node's loopback address",
        remedy: "List the loopback address of each node and no other",
      })),
  ];
}

function nodesWithoutVtep(config: FabricConfig, peers: string[]): Violation[] {
  // A retired node may stay among the peers, from which it is taken out.
  const needed = config.nodes
    .map((node, index) => ({ node, path: `nodes[${index}].loopback` }))
    .filter(({ node }) => !node.retired);
  const lacking = needed.filter(
    ({ node }) => !nodeAddresses(node).some((address) => peers.includes(address)),
  );
  if (config.controller.peers === undefined && lacking.length === needed.length) {
    const reason = "is absent, and no node has an IPv4 loopback to take instead";
    return [{ path: PATH, reason, remedy: "List one loopback address of each node" }];
  }
  return lacking.map(({ node, path }) => ({
    path,
    value: node.loopback,
    reason:
      config.controller.peers === undefined
        ? `has no ipv4, which is the VTEP as long as ${PATH} is absent`
        : `holds none of the addresses in ${PATH}, so ${node.name} would have no VTEP`,
    remedy: `Let ${PATH} hold exactly one loopback address of each node`,
  }));
}

/**
 * Each node is one peer, by one of its loopback addresses, and all tunnels have one family. A wrong
 * peer leaves a node without one: only the peer is reported then, since it is what has to change.
 * Expects the loopback addresses to be distinct.
 */
export function checkPeers(config: FabricConfig): Violation[] {
  const peers = peersOf(config);
  const wrong = wrongPeers(config, peers);
  const lacking = nodesWithoutVtep(config, peers);
  const twice = config.nodes
    .map((node, index) => ({ node, path: `nodes[${index}].loopback` }))
    .filter(({ node }) => nodeAddresses(node).filter((each) => peers.includes(each)).length > 1)
    .map(({ node, path }) => ({
      path,
      value: node.loopback,
      reason: `holds more than one of the addresses in ${PATH}, so ${node.name} would peer with itself`,
      remedy: `Let ${PATH} hold exactly one loopback address of each node`,
    }));
  const found = [...wrong, ...(wrong.length >= lacking.length ? [] : lacking), ...twice];
  if (found.length > 0 || new Set(peers.map(familyOf)).size <= 1) return found;
  return [
    {
      path: PATH,
      value: peers,
      reason: "mixes IPv4 and IPv6; a VXLAN tunnel has the same family at both ends",
      remedy: "Use one family for all nodes",
    },
  ];
}

import { FabricConfig } from "../config/schema";
import { Violation } from "../config/violation";
import { familyOf, vxlanOverhead } from "./addressing";
import { duplicates } from "./duplicates";
import { checkVnets } from "./invariants-vnets";

/** Rules that one field alone cannot show. Each returns what it finds; nothing stops at the first. */

/** VTEP addresses: `controller.peers`, or every node's IPv4 loopback. */
export function peersOf(config: FabricConfig): string[] {
  return (
    config.controller.peers ??
    config.nodes.flatMap((node) => (node.loopback.ipv4 ? [node.loopback.ipv4] : []))
  );
}

function nodeAddresses(node: FabricConfig["nodes"][number]): string[] {
  return [node.loopback.ipv4, node.loopback.ipv6].filter((address) => address !== undefined);
}

function checkNodes(config: FabricConfig): Violation[] {
  const nodes = config.nodes.map((node, index) => ({ node, path: `nodes[${index}]` }));
  return [
    ...duplicates(
      nodes.map(({ node, path }) => ({ path: `${path}.name`, value: node.name })),
      "name",
      "a node stands once in the list",
    ),
    ...duplicates(
      nodes.flatMap(({ node, path }) => {
        const { ipv4, ipv6 } = node.loopback;
        return [
          ...(ipv4 ? [{ path: `${path}.loopback.ipv4`, value: ipv4 }] : []),
          ...(ipv6 ? [{ path: `${path}.loopback.ipv6`, value: ipv6 }] : []),
        ];
      }),
      "address",
      "a loopback address belongs to one node",
    ),
    ...duplicates(
      nodes.map(({ node, path }) => ({
        path: `${path}.address`,
        value: `${node.address} port ${node.port}`,
      })),
      "SSH address",
      "two names would reach one machine",
    ),
    ...nodes.flatMap(({ node, path }) =>
      duplicates(
        node.meshInterfaces.map((value, index) => ({
          path: `${path}.meshInterfaces[${index}]`,
          value,
        })),
        "interface",
        "BGP would run on it twice",
      ),
    ),
    ...nodes
      .filter(({ node }) => node.routerId !== undefined && config.frr.owner === "proxmox")
      .map(({ node, path }) => ({
        path: `${path}.routerId`,
        value: node.routerId,
        reason:
          "is set, but with frr.owner: proxmox PVE derives the router id and writes it itself",
        remedy: "Take it out, or set frr.owner: operator if frr.conf is yours",
      })),
  ];
}

function checkPeers(config: FabricConfig): Violation[] {
  const peers = peersOf(config);
  const path = "controller.peers";
  const owners = config.nodes.map((node, index) => ({
    node,
    index,
    matches: nodeAddresses(node).filter((address) => peers.includes(address)),
  }));
  const known = new Set(config.nodes.flatMap(nodeAddresses));
  return [
    ...duplicates(
      peers.map((value, index) => ({ path: `${path}[${index}]`, value })),
      "address",
      "a node is one peer",
    ),
    ...owners
      .filter(({ matches }) => matches.length !== 1)
      .map(({ node, index, matches }) => ({
        path: `nodes[${index}].loopback`,
        value: node.loopback,
        reason:
          matches.length === 0
            ? `holds none of the addresses in ${path}, so ${node.name} would have no VTEP`
            : `holds more than one of the addresses in ${path}, so ${node.name} would peer with itself`,
        remedy: `Let ${path} hold exactly one loopback address of each node`,
      })),
    ...peers
      .map((peer, index) => ({ peer, index }))
      .filter(({ peer }) => !known.has(peer))
      .map(({ peer, index }) => ({
        path: `${path}[${index}]`,
        value: peer,
        reason: "is no node's loopback address",
        remedy: "List the loopback address of each node and no other",
      })),
    ...(new Set(peers.map(familyOf)).size > 1
      ? [
          {
            path,
            value: peers,
            reason: "mixes IPv4 and IPv6; a VXLAN tunnel has the same family at both ends",
            remedy: "Use one family for all nodes",
          },
        ]
      : []),
  ];
}

function checkZone(config: FabricConfig): Violation[] {
  const { zone, nodes, fabric } = config;
  const names = new Set(nodes.map((node) => node.name));
  const known = `one of ${[...names].join(", ")}`;
  const overhead = Math.max(...peersOf(config).map((peer) => vxlanOverhead(familyOf(peer))), 0);
  return [
    ...zone.exitNodes
      .map((value, index) => ({ value, path: `zone.exitNodes[${index}]` }))
      .filter(({ value }) => !names.has(value))
      .map(({ value, path }) => ({
        path,
        value,
        reason: "is not a node of this config (PVE would not check it and write no exit at all)",
        remedy: `Use ${known}`,
      })),
    ...(zone.primaryExitNode !== undefined && !zone.exitNodes.includes(zone.primaryExitNode)
      ? [
          {
            path: "zone.primaryExitNode",
            value: zone.primaryExitNode,
            reason: "is not in zone.exitNodes",
            remedy: "Add it there, or name one of them",
          },
        ]
      : []),
    ...(zone.mtu + overhead > fabric.underlayMtu
      ? [
          {
            path: "zone.mtu",
            value: zone.mtu,
            reason: `needs an underlay of ${zone.mtu + overhead} bytes (VXLAN adds ${overhead}), but fabric.underlayMtu is ${fabric.underlayMtu}`,
            remedy: `Use at most ${fabric.underlayMtu - overhead}, or raise the underlay's MTU`,
          },
        ]
      : []),
    ...(config.cluster.entryNode !== undefined && !names.has(config.cluster.entryNode)
      ? [
          {
            path: "cluster.entryNode",
            value: config.cluster.entryNode,
            reason: "is not a node of this config",
            remedy: `Use ${known}`,
          },
        ]
      : []),
  ];
}

/** All violations of the rules between fields; empty when the config can be planned. */
export function violationsOf(config: FabricConfig): Violation[] {
  return [
    ...checkNodes(config),
    ...checkPeers(config),
    ...checkZone(config),
    ...checkVnets(config),
  ];
}

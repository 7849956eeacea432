import { FabricConfig } from "../config/schema";
import { Violation } from "../config/violation";
import {
  canonicalCidr,
  contains,
  familyOf,
  isUsableHost,
  overlaps,
  vxlanOverhead,
} from "./addressing";

/** Rules that one field alone cannot show. Each returns what it finds; nothing stops at the first. */

interface Placed<T> {
  path: string;
  value: T;
}

function duplicates<T>(entries: Placed<T>[], what: string, why: string): Violation[] {
  const first = new Map<T, string>();
  return entries.flatMap(({ path, value }) => {
    const taken = first.get(value);
    if (taken === undefined) {
      first.set(value, path);
      return [];
    }
    return [
      {
        path,
        value,
        reason: `is the same ${what} as ${taken}; ${why}`,
        remedy: "Give each its own",
      },
    ];
  });
}

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

function checkVnets(config: FabricConfig): Violation[] {
  const vnets = config.vnets.map((vnet, index) => ({ vnet, path: `vnets[${index}]` }));
  const why = "PVE or a guest would meet the other one";
  return [
    ...duplicates(
      vnets.map(({ vnet, path }) => ({ path: `${path}.id`, value: vnet.id })),
      "id",
      why,
    ),
    ...duplicates(
      vnets.map(({ vnet, path }) => ({ path: `${path}.key`, value: vnet.key ?? vnet.id })),
      "key",
      "a key names one resource",
    ),
    ...duplicates(
      [
        // PVE does not check a VNet's VNI against the VRF's, and both would be one VXLAN network.
        { path: "zone.vrfVni", value: config.zone.vrfVni },
        ...vnets.map(({ vnet, path }) => ({ path: `${path}.vni`, value: vnet.vni })),
      ],
      "VNI",
      "two networks would become one",
    ),
    ...checkSubnets(config),
  ];
}

function checkSubnets(config: FabricConfig): Violation[] {
  const subnets = config.vnets.flatMap((vnet, v) =>
    vnet.subnets.map((subnet, s) => ({ subnet, vnet, path: `vnets[${v}].subnets[${s}]` })),
  );
  return [
    ...duplicates(
      subnets.map(({ subnet, vnet, path }) => ({
        path: `${path}.key`,
        value: `${vnet.key ?? vnet.id} ${subnet.key ?? canonicalCidr(subnet.cidr)}`,
      })),
      "key",
      "a key names one resource",
    ),
    ...subnets.flatMap(({ subnet, path }, index) => {
      const { cidr, gateway } = subnet;
      const canonical = canonicalCidr(cidr);
      const found: Violation[] = [];
      if (canonical !== cidr) {
        found.push({
          path: `${path}.cidr`,
          value: cidr,
          reason: "is not in canonical form, and PVE would keep it beside the canonical one",
          remedy: `Write ${canonical}`,
        });
      }
      if (!contains(cidr, gateway) || !isUsableHost(cidr, gateway)) {
        found.push({
          path: `${path}.gateway`,
          value: gateway,
          reason: `is not a host address in ${canonical}`,
          remedy: "Use a host address of that network",
        });
      }
      const other = subnets.slice(0, index).find((earlier) => overlaps(earlier.subnet.cidr, cidr));
      if (other) {
        found.push({
          path: `${path}.cidr`,
          value: cidr,
          reason: `overlaps ${other.path}.cidr (${other.subnet.cidr}); both are routed in one VRF`,
          remedy: "Give each its own network",
        });
      }
      return found;
    }),
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

import { FabricConfig } from "../config/schema";
import { Violation } from "../config/violation";
import { familyOf, vxlanOverhead } from "./addressing";
import { duplicates } from "./duplicates";
import { checkExternalPeers, checkTopology } from "./invariants-fabric";
import { checkOperator } from "./invariants-operator";
import { checkPeers, peersOf } from "./invariants-peers";
import { checkVnets } from "./invariants-vnets";
import { checkRetired } from "./retired";

/**
 * Rules that one field alone cannot show. Each returns what it finds; nothing stops at the first, but a
 * rule that builds on another one's subject is left out while that one is broken: one mistake, one
 * message.
 */

const placedNodes = (config: FabricConfig) =>
  config.nodes.map((node, index) => ({ node, path: `nodes[${index}]` }));

function checkLoopbacks(config: FabricConfig): Violation[] {
  return duplicates(
    placedNodes(config).flatMap(({ node, path }) => {
      const { ipv4, ipv6 } = node.loopback;
      return [
        ...(ipv4 ? [{ path: `${path}.loopback.ipv4`, value: ipv4 }] : []),
        ...(ipv6 ? [{ path: `${path}.loopback.ipv6`, value: ipv6 }] : []),
      ];
    }),
    "address",
    "a loopback address belongs to one node",
  );
}

function checkNodes(config: FabricConfig): Violation[] {
  const nodes = placedNodes(config);
  // Host names are the same in any case (RFC 4343).
  const named = duplicates(
    nodes.map(({ node, path }) => ({ path: `${path}.name`, value: node.name.toLowerCase() })),
    "name",
    "a node stands once in the list",
  );
  const routerIds = nodes.filter(({ node }) => node.routerId !== undefined);
  return [
    ...named,
    ...duplicates(
      nodes.map(({ node, path }) => ({
        path: `${path}.address`,
        value: `${node.address.toLowerCase()} port ${node.port}`,
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
    ...(config.frr.owner === "operator"
      ? duplicates(
          routerIds.map(({ node, path }) => ({ path: `${path}.routerId`, value: node.routerId })),
          "router id",
          "BGP refuses a session between two of one id (RFC 4271)",
        )
      : routerIds.map(({ node, path }) => ({
          path: `${path}.routerId`,
          value: node.routerId,
          reason:
            "is set, but with frr.owner: proxmox PVE derives the router id and writes it itself",
          remedy: "Take it out, or set frr.owner: operator if frr.conf is yours",
        }))),
  ];
}

function checkMtu(config: FabricConfig): Violation[] {
  const { zone, fabric, vnets } = config;
  const overhead = Math.max(...peersOf(config).map((peer) => vxlanOverhead(familyOf(peer))), 0);
  const found = (reason: string, remedy: string) => [
    { path: "zone.mtu", value: zone.mtu, reason, remedy },
  ];
  if (zone.mtu + overhead > fabric.underlayMtu) {
    return found(
      `needs an underlay of ${zone.mtu + overhead} bytes (VXLAN adds ${overhead}), but fabric.underlayMtu is ${fabric.underlayMtu}`,
      `Use at most ${fabric.underlayMtu - overhead}, or raise the underlay's MTU`,
    );
  }
  const has6 = vnets.some(({ subnets }) => subnets.some(({ cidr }) => cidr.includes(":")));
  return has6 && zone.mtu < 1280
    ? found(
        "is below 1280, and Linux takes IPv6 off such an interface (RFC 8200 §5), but there are IPv6 subnets",
        "Use at least 1280",
      )
    : [];
}

function checkNames(config: FabricConfig): Violation[] {
  const { zone, cluster } = config;
  const names = new Set(config.nodes.map((node) => node.name));
  const remedy = `Use one of ${[...names].join(", ")}`;
  const exits = zone.exitNodes.map((value, index) => ({ value, path: `zone.exitNodes[${index}]` }));
  const imports = zone.rtImport.map((value, index) => ({ value, path: `zone.rtImport[${index}]` }));
  const exports = zone.rtExport.map((value, index) => ({ value, path: `zone.rtExport[${index}]` }));
  const members = (zone.nodes ?? []).map((value, index) => ({
    value,
    path: `zone.nodes[${index}]`,
  }));
  return [
    ...members
      .filter(({ value }) => !names.has(value))
      .map((member) => ({
        ...member,
        reason: "is not a node of this config (PVE would not check it)",
        remedy,
      })),
    ...duplicates(members, "node", "a node has the zone once"),
    ...(zone.nodes === undefined
      ? []
      : exits
          .filter(({ value }) => names.has(value) && !zone.nodes?.includes(value))
          .map((exit) => ({
            ...exit,
            reason: "is not in zone.nodes, so it has no VRF to route from",
            remedy: "Add it there, or take it out here",
          }))),
    ...exits
      .filter(({ value }) => !names.has(value))
      .map((exit) => ({
        ...exit,
        reason: "is not a node of this config (PVE would not check it and write no exit at all)",
        remedy,
      })),
    ...duplicates(exits, "node", "an exit node stands once in the list"),
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
    ...duplicates(imports, "route target", "it is imported once"),
    ...duplicates(exports, "route target", "it is exported once"),
    ...(cluster.entryNode !== undefined && !names.has(cluster.entryNode)
      ? [
          {
            path: "cluster.entryNode",
            value: cluster.entryNode,
            reason: "is not a node of this config",
            remedy,
          },
        ]
      : []),
  ];
}

/** All violations of the rules between fields; empty when the config can be planned. */
export function violationsOf(config: FabricConfig): Violation[] {
  const loopbacks = checkLoopbacks(config);
  const peers = loopbacks.length > 0 ? [] : checkPeers(config);
  return [
    ...checkNodes(config),
    ...loopbacks,
    ...peers,
    ...(peers.length > 0 ? [] : checkMtu(config)),
    ...checkTopology(config),
    ...checkExternalPeers(config),
    ...checkOperator(config),
    ...checkNames(config),
    ...checkRetired(config),
    ...checkVnets(config),
  ];
}

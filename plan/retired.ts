import { FabricConfig } from "../config/schema";
import { Violation } from "../config/violation";
import { peersOf } from "./invariants-peers";

const addressesOf = (node: FabricConfig["nodes"][number]) => Object.values(node.loopback);

/**
 * The config as the fabric is to be: without the nodes that are marked `retired`, which are no exit
 * nodes and no one's peers any more. Positions in its lists are not those of the written config.
 */
export function withoutRetired(config: FabricConfig): FabricConfig {
  const retired = config.nodes.filter((node) => node.retired);
  if (retired.length === 0) return config;
  const names = new Set(retired.map(({ name }) => name));
  const addresses = new Set(retired.flatMap(addressesOf));
  const { controller, zone } = config;
  return {
    ...config,
    nodes: config.nodes.filter((node) => !node.retired),
    controller: {
      ...controller,
      peers: peersOf(config).filter((peer) => !addresses.has(peer)),
    },
    zone: {
      ...zone,
      nodes: zone.nodes?.filter((name) => !names.has(name)),
      exitNodes: zone.exitNodes.filter((name) => !names.has(name)),
    },
  };
}

/** What a retired node cannot be any more, and what would be left of the fabric. */
export function checkRetired({ nodes, cluster, zone }: FabricConfig): Violation[] {
  const retired = new Set(nodes.flatMap(({ name, retired }) => (retired ? [name] : [])));
  if (retired.size === nodes.length) {
    const reason = "are all retired, which leaves no fabric";
    return [{ path: "nodes", reason, remedy: "Keep a node, or run `pulumi destroy`" }];
  }
  const left = nodes.filter(({ name }) => !retired.has(name)).map(({ name }) => name);
  const named = [
    { path: "cluster.entryNode", value: cluster.entryNode },
    { path: "zone.primaryExitNode", value: zone.primaryExitNode },
  ];
  const inZone = zone.nodes ?? left;
  const noZone = inZone.every((name) => retired.has(name))
    ? [
        {
          path: "zone.nodes",
          value: zone.nodes,
          reason: "holds retired nodes alone",
          remedy: `Name another node: ${left.join(", ")}`,
        },
      ]
    : [];
  const gone = named
    .filter(({ value }) => value !== undefined && retired.has(value))
    .map((place) => ({
      ...place,
      reason: "is marked retired",
      remedy: `Name another node: ${left.join(", ")}`,
    }));
  return [...noZone, ...gone];
}

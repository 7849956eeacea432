import { FabricConfig } from "../config/schema";
import { Violation } from "../config/violation";
import { canonicalCidr, contains, isUsableHost, overlaps } from "./addressing";
import { duplicates } from "./duplicates";

/** Rules between VNets, their subnets, the zone and the nodes. */
export function checkVnets(config: FabricConfig): Violation[] {
  const vnets = config.vnets.map((vnet, index) => ({ vnet, path: `vnets[${index}]` }));
  const ids = duplicates(
    vnets.map(({ vnet, path }) => ({ path: `${path}.id`, value: vnet.id })),
    "id",
    "PVE or a guest would meet the other one",
  );
  const taken = new Set(ids.map(({ path }) => path));
  return [
    ...ids,
    ...duplicates(
      // Without keys two VNets of one id have one key as well, which is the same mistake.
      vnets
        .filter(({ vnet, path }) => vnet.key !== undefined || !taken.has(`${path}.id`))
        .map(({ vnet, path }) => ({ path: `${path}.key`, value: vnet.key ?? vnet.id })),
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
    ...checkBridges(config),
    ...checkSubnets(config),
  ];
}

/** A VNet's id becomes a bridge on every node, so it may not be an interface that is there already. */
function checkBridges(config: FabricConfig): Violation[] {
  const mesh = new Set(config.nodes.flatMap((node) => node.meshInterfaces));
  return config.vnets
    .map(({ id: value }, index) => ({ value, path: `vnets[${index}].id` }))
    .filter(({ value }) => value === "lo" || /^vmbr\d+$/.test(value) || mesh.has(value))
    .map((id) => ({
      ...id,
      reason: "is the name of an interface that nodes have, and PVE would write its bridge over it",
      remedy: "Use another id",
    }));
}

interface PlacedSubnet {
  cidr: string;
  gateway: string;
  path: string;
}

/** What is wrong with the network itself, the first thing only: the rest follows from it. */
function wrongNetwork(
  { cidr, path }: PlacedSubnet,
  earlier: PlacedSubnet[],
  loopbacks: string[],
): Violation[] {
  const found = (reason: string, remedy: string) => [
    { path: `${path}.cidr`, value: cidr, reason, remedy },
  ];
  const canonical = canonicalCidr(cidr);
  if (canonical !== cidr) {
    return found(
      "is not in canonical form, and PVE would keep it beside the canonical one",
      `Write ${canonical}`,
    );
  }
  const other = earlier.find((each) => overlaps(each.cidr, cidr));
  if (other) {
    return found(
      `overlaps ${other.path}.cidr (${other.cidr}); both are routed in one VRF`,
      "Give each its own network",
    );
  }
  const loopback = loopbacks.find((address) => contains(cidr, address));
  return loopback === undefined
    ? []
    : found(
        `holds the loopback address ${loopback} of a node, so guests and tunnels would share it`,
        "Use a network beside the nodes' loopbacks",
      );
}

function checkSubnets(config: FabricConfig): Violation[] {
  const loopbacks = config.nodes.flatMap(({ loopback }) =>
    [loopback.ipv4, loopback.ipv6].filter((address) => address !== undefined),
  );
  const subnets = config.vnets.flatMap((vnet, v) =>
    vnet.subnets.map((subnet, s) => ({ ...subnet, vnet: v, path: `vnets[${v}].subnets[${s}]` })),
  );
  const networks = subnets.map((subnet, index) =>
    wrongNetwork(subnet, subnets.slice(0, index), loopbacks),
  );
  const sound = subnets.filter((subnet, index) => subnet.key ?? networks[index]?.length === 0);
  const keys = config.vnets.flatMap((_vnet, v) =>
    duplicates(
      sound
        .filter(({ vnet }) => vnet === v)
        .map(({ key, cidr, path }) => ({ path: `${path}.key`, value: key ?? cidr })),
      "key",
      "a key names one resource",
    ),
  );
  const gateways = subnets
    .filter(({ cidr, gateway }) => !contains(cidr, gateway) || !isUsableHost(cidr, gateway))
    .map(({ cidr, gateway, path }) => ({
      path: `${path}.gateway`,
      value: gateway,
      reason: `is not a host address in ${canonicalCidr(cidr)}`,
      remedy: "Use a host address of that network",
    }));
  return [...networks.flat(), ...keys, ...gateways];
}

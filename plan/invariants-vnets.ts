import { FabricConfig } from "../config/schema";
import { Violation } from "../config/violation";
import { canonicalCidr, contains, isUsableHost, overlaps } from "./addressing";
import { duplicates } from "./duplicates";

/** Rules between VNets, their subnets and the zone. */
export function checkVnets(config: FabricConfig): Violation[] {
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

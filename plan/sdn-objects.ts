import { Plan, PlannedNode } from "./types";

export type SdnKind = "controller" | "zone" | "vnet" | "subnet";

/** One object of PVE's SDN config as the plan wants it, in PVE's own names and forms. */
export interface SdnObject {
  kind: SdnKind;
  id: string;
  /** Options that the plan decides. A list's order means nothing; "" stands for an option not set. */
  options: Record<string, string>;
}

const flag = (value: boolean) => (value ? "1" : "");
const list = (values: readonly string[]) => values.join(",");

/** All SDN objects of a plan, in the order in which they are created. */
export function sdnObjectsOf({ controller, zone, vnets }: Plan): SdnObject[] {
  return [
    {
      kind: "controller",
      id: controller.id,
      options: { asn: String(controller.asn), peers: list(controller.peers) },
    },
    {
      kind: "zone",
      id: zone.id,
      options: {
        controller: controller.id,
        "vrf-vxlan": String(zone.vrfVni),
        mtu: String(zone.mtu),
        nodes: list(zone.nodes),
        exitnodes: list(zone.exitNodes),
        "exitnodes-primary": zone.primaryExitNode ?? "",
        "exitnodes-local-routing": flag(zone.exitNodesLocalRouting),
        "advertise-subnets": flag(zone.advertiseSubnets),
        "disable-arp-nd-suppression": flag(zone.disableArpNdSuppression),
        "rt-import": zone.rtImport ?? "",
      },
    },
    ...vnets.flatMap(({ id, vni, alias, subnets }): SdnObject[] => [
      { kind: "vnet", id, options: { zone: zone.id, tag: String(vni), alias: alias ?? "" } },
      ...subnets.map(({ id: subnetId, gateway, snat }): SdnObject => ({
        kind: "subnet",
        id: subnetId,
        options: { vnet: id, gateway, snat: flag(snat) },
      })),
    ]),
  ];
}

/** An option's value in one form: lists sorted, flags that are off like options not set. */
function plain(value: unknown): string {
  if (value === undefined || value === null || value === 0 || value === "0") return "";
  const items = Array.isArray(value) ? value.map(String) : String(value).split(/[,;]/);
  const trimmed = items.map((item) => item.trim()).filter((item) => item !== "");
  return trimmed.sort().join(",");
}

/** An option that differs from the plan; "" stands for one that is not set. */
export interface OptionDifference {
  option: string;
  planned: string;
  actual: string;
}

/** Where an object of PVE's differs from the plan, in the options that the plan decides. */
export function optionDifferences(
  planned: SdnObject,
  actual: Readonly<Record<string, unknown>>,
): OptionDifference[] {
  return Object.entries(planned.options).flatMap(([option, value]) => {
    const found = plain(actual[option]);
    return plain(value) === found ? [] : [{ option, planned: value, actual: found }];
  });
}

/** `mtu is 1400, planned is 1450`. */
export function differenceText({ option, planned, actual }: OptionDifference): string {
  return `${option} is ${actual || "not set"}, planned is ${planned || "not set"}`;
}

/** Names of the devices that PVE makes on a node for the zone and its VNets; none outside the zone. */
export function sdnDevicesOf({ zone, vnets }: Plan, node: PlannedNode): string[] {
  if (!node.inZone) return [];
  const ofZone = ["vrf", "vrfbr", "vrfvx"].map((prefix) => `${prefix}_${zone.id}`);
  return [...ofZone, ...vnets.flatMap(({ id }) => [id, `vxlan_${id}`])];
}

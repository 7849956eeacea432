import type { Call } from "./call";
import { ParameterError } from "./errors";
import type { SdnObject } from "./state";

/** Largest tag of versions whose schema has no maximum. */
const largestTag = 16777216;

/** PVE's rules for a VNet: its zone exists, and its VNI (`tag`) is given and no other VNet's. */
export function checkVnet(call: Call, id: string, vnet: SdnObject): void {
  const { files } = call;
  const others = files.read("vnets");
  const zones = files.read("zones");
  if (!Object.hasOwn(zones, String(vnet.zone))) {
    throw files.failureAt("cannot lookup undefined type!", files.data.lines.undefinedType);
  }
  const { tag } = vnet;
  if (tag === undefined) throw new ParameterError({ tag: "missing vxlan tag" });
  if (Number(tag) > largestTag) {
    throw new ParameterError({ tag: `vxlan tag max value is ${largestTag}` });
  }
  if (vnet.vlanaware) {
    throw new ParameterError({
      "vlan-aware": "vlan-aware option can't be enabled with evpn",
    });
  }
  for (const [other, options] of Object.entries(others)) {
    if (other === id || options.tag !== tag) continue;
    const where = `vnet ${other} in zone ${String(options.zone)}`;
    // The blank at the end is PVE's.
    throw new ParameterError({ tag: `vxlan tag ${String(tag)} already exist in ${where} ` });
  }
}

/** Subnet ids contain the zone, so a VNet with subnets cannot move to another. */
export function checkZoneChange(call: Call, id: string, before: SdnObject, after: SdnObject): void {
  if (before.zone === after.zone || !hasSubnets(call, id)) return;
  throw new ParameterError({ zone: "can't change zone if subnets exist" });
}

/** Refuses while the VNet has subnets. */
export function checkVnetUnused(call: Call, id: string): void {
  if (hasSubnets(call, id)) {
    throw new ParameterError({ vnet: "Can't delete vnet if subnets exists" });
  }
  // PVE's hook looks at vnets.cfg once more, and at the zone.
  call.files.read("vnets");
}

function hasSubnets(call: Call, vnet: string): boolean {
  const found = Object.values(call.files.read("subnets")).some((subnet) => subnet.vnet === vnet);
  call.files.read("zones");
  return found;
}

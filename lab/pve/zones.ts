import * as crypto from "node:crypto";
import type { Call } from "./call";
import { onlyEvpn } from "./controllers";
import { ParameterError } from "./errors";
import { splitList } from "./formats";
import type { SdnObject, SdnObjects } from "./state";

/**
 * A zone as PVE stores it: with a random anycast gateway MAC (Proxmox's BC:24:11) unless one is
 * given, and node lists sorted.
 */
export function newZone(zone: SdnObject): SdnObject {
  return { ...zone, mac: zone.mac ?? randomMac() };
}

/** PVE's rules for an EVPN zone: the controller exists, the VRF's VNI and the IPAM are its own. */
export function checkZone(call: Call, id: string, zone: SdnObject, others: SdnObjects): void {
  const { files } = call;
  onlyEvpn(call, "zone", zone);
  for (const name of ["nodes", "exitnodes"]) {
    if (typeof zone[name] === "string") {
      zone[name] = [...new Set(splitList(zone[name]))].sort().join(",");
    }
  }
  const controllers = files.read("controllers");
  // PVE reads ipams.cfg here, so a refusal leaves with "no such file".
  files.readMissing();
  for (const [name, known] of Object.entries({ ipam: ["pve"], dns: [], reversedns: [] })) {
    const value = zone[name];
    if (value === undefined || (known as string[]).includes(String(value))) continue;
    throw new ParameterError({ [name]: `${String(value)} not existing` });
  }
  const controller = String(zone.controller);
  if (!Object.hasOwn(controllers, controller)) {
    throw files.failureAt(
      `controller ${controller} don't exist`,
      files.data.lines.controllerMissing,
    );
  }
  const vni = zone["vrf-vxlan"];
  for (const [other, options] of Object.entries(others)) {
    if (other === id || options["vrf-vxlan"] !== vni) continue;
    throw files.failureAt(
      `vrf-vxlan ${String(vni)} is already declared in ${other}`,
      files.data.lines.vrfDeclared,
    );
  }
}

/** Refuses while a VNet is in the zone. */
export function checkZoneUnused(call: Call, id: string): void {
  const { files } = call;
  for (const [vnet, { zone }] of Object.entries(files.read("vnets"))) {
    if (zone !== id) continue;
    throw files.failureAt(`zone ${id} is used by vnet ${vnet}`, files.data.lines.zoneUsed);
  }
}

function randomMac(): string {
  const octets = [...crypto.randomBytes(3)].map((octet) => octet.toString(16).padStart(2, "0"));
  return ["BC", "24", "11", ...octets].join(":").toUpperCase();
}

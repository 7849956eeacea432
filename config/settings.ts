import { distance } from "fastest-levenshtein";
import { z } from "zod";
import { configSchema } from "./schema";

/** A part of the schema as data: z.toJSONSchema's form, as far as this program reads it. */
export interface Setting {
  description?: string;
  /** What the field takes, in words. */
  form?: string;
  type?: string;
  enum?: readonly string[];
  default?: unknown;
  minimum?: number;
  maximum?: number;
  minItems?: number;
  required?: readonly string[];
  properties?: Record<string, Setting>;
  items?: Setting;
}

/** Every setting as a person writes it (before defaults), read from the schema: its only source. */
export const settings = z.toJSONSchema(configSchema, {
  io: "input",
  unrepresentable: "any",
}) as Setting;

/** The part of the schema at a path such as `["vnets", 1, "subnets"]`. */
function settingAt(path: readonly PropertyKey[]): Setting | undefined {
  return path.reduce<Setting | undefined>(
    (setting, part) =>
      typeof part === "number" ? setting?.items : setting?.properties?.[String(part)],
    settings,
  );
}

/** `vrf-vni`, `vrf_vni` and `VrfVNI` are spellings of `vrfVni`. */
const plain = (name: string) => name.toLowerCase().replace(/[-_]/g, "");

/** Proxmox VE's own names, where they differ by more than spelling. */
const FROM_PVE: Record<string, string> = {
  vrfvxlan: "vrfVni",
  tag: "vni",
  subnet: "cidr",
  exitnodesprimary: "primaryExitNode",
  controller: "id",
};

/**
 * The setting that was probably meant by an unknown one in the same place: Proxmox VE's name for it,
 * or at most one changed letter in three (Levenshtein).
 */
export function nearestSetting(
  path: readonly PropertyKey[],
  unknownKey: string,
): string | undefined {
  const known = Object.keys(settingAt(path)?.properties ?? {});
  const wanted = plain(unknownKey);
  const pve = Object.hasOwn(FROM_PVE, wanted) ? FROM_PVE[wanted] : undefined;
  if (pve !== undefined && known.includes(pve)) return pve;
  const [nearest] = known
    .map((name) => ({ name, changes: distance(plain(name), wanted) }))
    .filter(({ name, changes }) => changes <= Math.max(1, Math.floor(name.length / 3)))
    .sort((a, b) => a.changes - b.changes);
  return nearest?.name;
}

/** Where else a setting of this name (in any spelling) stands, e.g. `zone.mtu`; undefined when nowhere. */
export function placeOf(
  unknownKey: string,
  setting: Setting = settings,
  at = "",
): string | undefined {
  for (const [name, part] of Object.entries(setting.properties ?? {})) {
    const here = at ? `${at}.${name}` : name;
    if (at && plain(name) === plain(unknownKey)) return here;
    const inside = placeOf(unknownKey, part.items ?? part, part.items ? `${here}[]` : here);
    if (inside) return inside;
  }
  return undefined;
}

/** Paths of all settings that hold a value themselves, e.g. `vnets[].subnets[].cidr`. */
export function fieldPaths(setting: Setting, at = ""): string[] {
  if (setting.items) return fieldPaths(setting.items, `${at}[]`);
  if (!setting.properties) return [at];
  return Object.entries(setting.properties).flatMap(([name, part]) =>
    fieldPaths(part, at ? `${at}.${name}` : name),
  );
}

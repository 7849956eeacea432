import { differenceText, optionDifferences, SdnObject } from "../plan/sdn-objects";
import { keyOf } from "./foreign-pending";
import { FoundObject, pendingText } from "./sdn-config";

/** `vnet vnet101`. */
const nameOf = ({ kind, id }: Pick<SdnObject, "kind" | "id">) => `${kind} ${id}`;

/**
 * Where PVE's SDN config differs from the plan, one line each: planned objects that are missing or have
 * other options, objects of others inside the planned zone, and what is pending.
 */
export function sdnDrift(planned: readonly SdnObject[], found: readonly FoundObject[]): string[] {
  const desired = found.filter(({ state }) => state !== "deleted");
  const byKey = new Map(desired.map((object) => [keyOf(object), object]));
  const ofPlan = planned.flatMap((object) => {
    const actual = byKey.get(keyOf(object));
    if (!actual) return [`${nameOf(object)}: is missing`];
    const differences = optionDifferences(object, actual.options).map(differenceText);
    return differences.length > 0 ? [`${nameOf(object)}: ${differences.join(", ")}`] : [];
  });
  const plannedKeys = new Set(planned.map(keyOf));
  const zones = new Set(planned.filter(({ kind }) => kind === "zone").map(({ id }) => id));
  const strangers = desired
    .filter((object) => !plannedKeys.has(keyOf(object)) && zones.has(zoneOf(object) ?? ""))
    .map((object) => `${nameOf(object)}: is not in the plan`);
  const pending = found
    .filter(({ state }) => state !== undefined)
    .map((object) => `${pendingText(object)}: is not applied`);
  return [...ofPlan, ...strangers, ...pending];
}

function zoneOf({ kind, id, options }: FoundObject): string | undefined {
  if (kind === "vnet") return String(options.zone);
  return kind === "subnet" ? id.split("-")[0] : undefined;
}

import type { Value } from "../wire";
import { hasUnknown } from "../wire";

/** The provider's own rule for ids of zones and VNets, checked before the API is asked. */
export function sdnId(
  property: string,
  value: Value | undefined,
  problem: (property: string, reason: string) => void,
): void {
  if (typeof value !== "string" || hasUnknown(value)) return;
  if (!/^[A-Za-z][A-Za-z0-9]*[A-Za-z0-9]$/.test(value)) {
    problem(property, "must be a valid SDN identifier: letters and digits, a letter first");
  } else if (value.length > 8) {
    problem(property, `string length must be at most 8, got: ${value.length}`);
  }
}

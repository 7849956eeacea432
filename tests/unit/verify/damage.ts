import type { Observation } from "../../../verify/observation";
import type { Observations } from "../../fixtures/observations";

/** What is broken in a recorded sound fabric: a name, the damage, and the failures that must be found. */
export type Damage = [string, (observed: Observations) => void, string[]];

/** A device of a recorded node. */
export function linkOf(observed: Observation, device: string) {
  const link = observed.links.find(({ ifname }) => ifname === device);
  if (!link) throw new Error(`${device} is not in the recorded observation`);
  return link;
}

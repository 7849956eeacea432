import { CONTROL_PLANE_FAULTS } from "./control-plane";
import { EXIT_FAULTS } from "./exits";
import type { Fault } from "./fault";
import { OVERLAY_FAULTS } from "./overlay";
import { UNDERLAY_FAULTS } from "./underlay";

/** Every fault that the test provokes and the troubleshooting page tells of. */
export const FAULTS: Fault[] = [
  ...UNDERLAY_FAULTS,
  ...CONTROL_PLANE_FAULTS,
  ...OVERLAY_FAULTS,
  ...EXIT_FAULTS,
];

/** @throws Error when no fault has that id */
export function faultOf(id: string): Fault {
  const fault = FAULTS.find((each) => each.id === id);
  if (!fault) throw new Error(`${id} is not in the table`);
  return fault;
}

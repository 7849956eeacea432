import type { ClusterState, Kind, SdnObject, SdnObjects, Value } from "./state";
import { kinds } from "./state";

/** An object beside what the last apply committed: GET … ?pending=1. */
export interface PendingObject {
  [option: string]: Value | Record<string, Value> | undefined;
  /** Options whose desired value isn't the running one; `"deleted"` for one that was removed. */
  pending?: Record<string, Value>;
  /** Absent when nothing is pending. */
  state?: "new" | "changed" | "deleted";
}

/** These identify an object and never stand under `pending`. */
const identity = new Set(["type", "vnet"]);

/**
 * Running values on top, desired ones that differ under `pending`, for every object that is
 * desired or running. Pending values of lists and text alike are compared as PVE writes them.
 */
export function pendingObjects(
  running: SdnObjects,
  desired: SdnObjects,
): Record<string, PendingObject> {
  const ids = [...new Set([...Object.keys(running), ...Object.keys(desired)])].sort();
  return Object.fromEntries(ids.map((id) => [id, compare(running[id], desired[id])]));
}

function compare(running: SdnObject | undefined, desired: SdnObject | undefined): PendingObject {
  if (!desired) return { ...running, state: "deleted" };
  const pending: Record<string, Value> = {};
  const result: PendingObject = { ...running };
  for (const [name, value] of Object.entries(desired)) {
    if (identity.has(name)) result[name] = value;
    else if (!same(running?.[name], value)) pending[name] = value;
  }
  for (const name of Object.keys(running ?? {})) {
    if (!(name in desired)) pending[name] = "deleted";
  }
  if (Object.keys(pending).length > 0) result.pending = pending;
  if (!running) result.state = "new";
  else if (Object.keys(pending).length > 0 || moved(running, desired)) result.state = "changed";
  return result;
}

function moved(running: SdnObject, desired: SdnObject): boolean {
  return [...identity].some((name) => !same(running[name], desired[name]));
}

function same(a: Value | undefined, b: Value | undefined): boolean {
  return a === undefined || b === undefined ? a === b : String(a) === String(b);
}

/** The objects of one kind that the last apply committed. */
export function runningObjects(state: ClusterState, kind: Kind): SdnObjects {
  return structuredClone(state.running?.[kind].ids ?? {});
}

/** Whether an apply would commit anything, given the desired objects of each kind. */
export function hasPending(state: ClusterState, desired: (kind: Kind) => SdnObjects): boolean {
  return kinds.some((kind) =>
    Object.values(pendingObjects(runningObjects(state, kind), desired(kind))).some(
      (object) => object.state !== undefined,
    ),
  );
}

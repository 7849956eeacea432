import type { Properties } from "./wire";
import { same } from "./wire";

/** What a change of one property means; the names are those of Pulumi's PropertyDiff.Kind. */
export type Kind = "add" | "addReplace" | "delete" | "deleteReplace" | "update" | "updateReplace";

/** The changed properties, in the order of their names. */
export type Difference = Map<string, Kind>;

export interface DiffRules {
  /** Properties a user can set. Everything else in the state is computed and never a change. */
  inputs: readonly string[];
  /** Whether a change of this property needs a new object. */
  replaces: (property: string) => boolean;
  /** Properties that keep what the API has when the user unsets them: unsetting is no change. */
  kept?: readonly string[];
  /** What an unset property stands for. */
  defaults?: Properties;
  /** Lists in which order does not count. */
  sets?: readonly string[];
}

/**
 * Compares what exists with what is wanted.
 * @param olds what exists: the state's properties, or the inputs of the last update
 * @param news checked inputs of this update; unknown values differ from every known one
 * @param ignored top-level names of the resource option `ignoreChanges`
 */
export function difference(
  olds: Properties,
  news: Properties,
  rules: DiffRules,
  ignored: readonly string[] = [],
): Difference {
  const changes: Difference = new Map();
  for (const name of [...rules.inputs].sort()) {
    if (ignored.includes(name)) continue;
    const old = olds[name] ?? undefined;
    const wanted = news[name] ?? rules.defaults?.[name] ?? undefined;
    if (wanted === undefined && rules.kept?.includes(name)) continue;
    const order = (v: typeof old) =>
      rules.sets?.includes(name) && Array.isArray(v) ? [...v].sort() : v;
    if (same(order(old), order(wanted))) continue;
    const kind = old === undefined ? "add" : wanted === undefined ? "delete" : "update";
    changes.set(name, rules.replaces(name) ? `${kind}Replace` : kind);
  }
  return changes;
}

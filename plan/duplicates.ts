import { Violation } from "../config/violation";

/** A value and the config path at which it stands. */
export interface Placed<T> {
  path: string;
  value: T;
}

/** A violation for every value that stood before, naming where. */
export function duplicates<T>(entries: Placed<T>[], what: string, why: string): Violation[] {
  const first = new Map<T, string>();
  return entries.flatMap(({ path, value }) => {
    const taken = first.get(value);
    if (taken === undefined) {
      first.set(value, path);
      return [];
    }
    return [
      {
        path,
        value,
        reason: `is the same ${what} as ${taken}; ${why}`,
        remedy: "Give each its own",
      },
    ];
  });
}

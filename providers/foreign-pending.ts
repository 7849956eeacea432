import { differenceText, optionDifferences, SdnObject } from "../plan/sdn-objects";
import { FoundObject, pendingText } from "./sdn-config";

/** What the stack asks for now, and what it has asked for before. */
export interface Ownership {
  planned: readonly SdnObject[];
  /** `KIND ID` of all objects that the stack has planned, as far as it knows. */
  known: ReadonlySet<string>;
}

/** Options that PVE fills in by itself in a new object. */
const FILLED_IN = new Set(["mac", "ipam", "digest"]);

export const keyOf = ({ kind, id }: Pick<SdnObject, "kind" | "id">) => `${kind} ${id}`;

/** A subnet's id begins with its zone's, a VNet names its zone. */
function liesInKnownZone({ kind, id, options }: FoundObject, known: ReadonlySet<string>): boolean {
  if (kind === "vnet") return known.has(`zone ${String(options.zone)}`);
  return kind === "subnet" && known.has(`zone ${id.split("-")[0]}`);
}

function foreignText(change: FoundObject, { planned, known }: Ownership): string | undefined {
  const text = pendingText(change);
  const mine = planned.find((object) => keyOf(object) === keyOf(change));
  if (change.state === "deleted") {
    if (mine) return `${text}: the plan has it; \`pulumi refresh\` finds that it is gone`;
    return known.has(keyOf(change)) || liesInKnownZone(change, known) ? undefined : text;
  }
  // An object of an earlier plan is what an interrupted update left; Pulumi removes it after this apply.
  if (!mine) return known.has(keyOf(change)) ? undefined : text;
  const differences = optionDifferences(mine, change.options).map(differenceText);
  const others = change.pending.filter(
    (option) => !(option in mine.options) && !FILLED_IN.has(option),
  );
  if (change.state === "changed") differences.push(...others.map((option) => `${option} is set`));
  return differences.length > 0 ? `${text}: ${differences.join(", ")}` : undefined;
}

/**
 * Pending changes that this stack did not make, one line each. An apply commits whatever is pending,
 * so what is pending must be exactly what the plan asks for: planned objects with the planned options,
 * removals of objects that an earlier plan had, and leftovers of an interrupted update.
 */
export function foreignChanges(pending: readonly FoundObject[], ownership: Ownership): string[] {
  return pending.flatMap((change) => foreignText(change, ownership) ?? []);
}

/** Why an update stops at changes of others, and both ways on. */
export function foreignError(foreign: readonly string[]): Error {
  return new Error(
    [
      "Others have changed the cluster's SDN config and not applied it, and an apply would commit that too:",
      ...foreign.map((line) => `  ${line}`),
      "Nothing was applied. Ask who made them (Datacenter -> SDN shows them as pending), apply or revert them",
      "there, then run `pulumi up` again; or set apply.foreignPending: include to have them applied with ours.",
    ].join("\n"),
  );
}

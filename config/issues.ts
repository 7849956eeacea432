import { z } from "zod";
import { nearestSetting, placeOf } from "./settings";
import { Violation } from "./violation";

type Path = readonly PropertyKey[];
type Issue = z.core.$ZodIssue;

/** `["vnets", 1, "id"]` as a person writes it: `vnets[1].id`. */
export function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text ? `${text}.${String(part)}` : String(part);
  }, "");
}

/** Own fields only: a config may not reach `constructor` and the like. */
function valueAt(raw: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null && Object.hasOwn(value, part)
        ? (value as Record<PropertyKey, unknown>)[part]
        : undefined,
    raw,
  );
}

function unknownSetting(path: Path, key: string): Violation {
  const nearest = nearestSetting(path, key);
  const elsewhere = nearest ?? placeOf(key);
  const dotted = path.length === 0 && key.includes(".");
  return {
    path: pathText([...path, key]),
    reason: "is not a setting that this program knows",
    remedy: dotted
      ? "To set a field inside a section use `pulumi config set --path`, or edit the stack's file"
      : nearest
        ? `Did you mean \`${nearest}\`? Otherwise take it out`
        : elsewhere
          ? `Did you mean \`${elsewhere}\`? Move it there, or take it out`
          : "Correct its spelling or take it out; docs/config.md lists all settings",
  };
}

const KINDS = {
  object: {
    reason: "but this setting has fields of its own",
    remedy: "Write it as a YAML mapping",
  },
  array: { reason: "but a list is wanted", remedy: "Write it as a YAML list" },
};

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "a mapping";
  return typeof value === "string" ? "text" : `a ${typeof value}`;
}

/** What YAML or a habit made of the value, where it explains the mistake. */
function wrongType(expected: string, value: unknown, message: string): [string, string] {
  if (expected === "object" || expected === "array") {
    const { reason, remedy } = KINDS[expected];
    return [`is ${kindOf(value)}, ${reason}`, `${remedy}; docs/config.md shows the form`];
  }
  const numeric = typeof value === "string" && value.trim() !== "" && !isNaN(Number(value));
  if ((expected === "number" || expected === "int") && numeric)
    return [`is text; it ${message}`, "Drop the quotes"];
  if (expected === "boolean") return [message, "Write true or false, without quotes"];
  if (expected === "string" && (typeof value === "number" || typeof value === "boolean"))
    return [`is ${kindOf(value)} to YAML; it ${message}`, "Put it in quotes"];
  return [message, "Correct the value"];
}

/** The kinds of characters that look like others or like nothing, by code point. */
function foreign(value: unknown): string {
  if (typeof value !== "string") return "";
  const [character] = value.match(/[^\x20-\x7e]/u) ?? [];
  if (character === undefined) return "";
  const code = (character.codePointAt(0) as number).toString(16).toUpperCase().padStart(4, "0");
  return ` (it holds the character U+${code})`;
}

function wrongValue(issue: Issue, value: unknown): [string, string] {
  switch (issue.code) {
    case "invalid_type":
      return wrongType(issue.expected, value, issue.message);
    case "invalid_value": {
      const quoted = typeof value === "number" && issue.values.includes(String(value));
      return [
        `must be one of: ${issue.values.join(", ")}`,
        quoted ? "Put it in quotes" : "Use one of them",
      ];
    }
    default:
      return [`${issue.message}${foreign(value)}`, "Correct the value"];
  }
}

function toViolations(issue: Issue, raw: unknown): Violation[] {
  if (issue.code === "unrecognized_keys")
    return issue.keys.map((unknownKey) => unknownSetting(issue.path, unknownKey));
  const value = valueAt(raw, issue.path);
  // An empty section reaches the program as empty text, an empty field as null.
  const path = pathText(issue.path);
  if (value === undefined)
    return [{ path, reason: "is missing", remedy: "Set it; docs/config.md shows the form" }];
  if (value === null || (value === "" && issue.code === "invalid_type"))
    return [{ path, reason: "is empty", remedy: "Set it, or take the line out" }];
  const [reason, remedy] = wrongValue(issue, value);
  const hidden = issue.code === "custom" && issue.params?.hidden === true;
  return [{ path, ...(hidden ? {} : { value }), reason, remedy }];
}

/**
 * One violation for each mistake: the first for each place, and none for a missing setting whose name
 * is merely misspelt beside it.
 */
export function violationsFrom(issues: readonly Issue[], raw: unknown): Violation[] {
  const misspelt = new Set(
    issues.flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((unknownKey) =>
            pathText([...issue.path, nearestSetting(issue.path, unknownKey) ?? unknownKey]),
          )
        : [],
    ),
  );
  const seen = new Set<string>();
  return issues
    .filter(
      (issue) => valueAt(raw, issue.path) !== undefined || !misspelt.has(pathText(issue.path)),
    )
    .flatMap((issue) => toViolations(issue, raw))
    .filter(({ path }) => !seen.has(path) && seen.add(path));
}

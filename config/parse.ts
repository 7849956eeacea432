import { z } from "zod";
import { configSchema, FabricConfig } from "./schema";
import { ConfigError, Violation } from "./violation";

type Path = readonly PropertyKey[];

/** `["vnets", 1, "id"]` as a person writes it: `vnets[1].id`. */
function pathText(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text ? `${text}.${String(part)}` : String(part);
  }, "");
}

function valueAt(raw: unknown, path: Path): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === "object" && value !== null
        ? (value as Record<PropertyKey, unknown>)[part]
        : undefined,
    raw,
  );
}

/** The schema's messages of its own start with a verb and name what is wanted; zod's are reworded. */
function reasonOf(issue: z.core.$ZodIssue, missing: boolean): string {
  if (missing) return "is missing";
  switch (issue.code) {
    case "invalid_value":
      return `must be one of: ${issue.values.join(", ")}`;
    case "invalid_type":
      return issue.message.startsWith("Invalid")
        ? `must be of type ${issue.expected}`
        : issue.message;
    default:
      return issue.message;
  }
}

function toViolations(issue: z.core.$ZodIssue, raw: unknown): Violation[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((unknownKey) => ({
      path: pathText([...issue.path, unknownKey]),
      reason: "is not a setting that this program knows",
      remedy: "Correct its spelling or take it out; docs/config.md lists all settings",
    }));
  }
  const value = valueAt(raw, issue.path);
  const missing = value === undefined;
  return [
    {
      path: pathText(issue.path),
      ...(missing ? {} : { value }),
      reason: reasonOf(issue, missing),
      remedy: missing ? "Set it; docs/config.md shows the form" : "Correct the value",
    },
  ];
}

/**
 * Checks the raw config (an object with one field per Pulumi config key) against the schema.
 * @throws ConfigError with all violations of the schema at once.
 */
export function parseConfig(raw: unknown): FabricConfig {
  const result = configSchema.safeParse(raw);
  if (result.success) return result.data;
  throw new ConfigError(result.error.issues.flatMap((issue) => toViolations(issue, raw)));
}

import * as fs from "node:fs";
import * as path from "node:path";
import type { PveVersion } from "../../pve-model/types";
import { ParameterError } from "./errors";
import { formatError } from "./formats";

/** One parameter, in the words of PVE's schemas (a form of JSON schema; 1 and 0 are booleans). */
export interface Property {
  type: "string" | "integer" | "boolean" | "array" | "number" | "object";
  optional?: 0 | 1;
  format?: string;
  enum?: readonly string[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  default?: string | number;
  items?: Property;
}

export type Properties = Record<string, Property>;

/** Parameters as a request carries them: text, or several texts for a repeated name. */
export type RawParameters = Record<string, string | string[]>;

/** Checked parameters: integers as numbers, booleans as 1 and 0, lists joined by commas. */
export type Parameters = Record<string, string | number | string[]>;

/** The recorded parameter schemas of one PVE version, by `METHOD path` (schema/<version>.json). */
export function recordedSchemas(version: PveVersion): Record<string, Properties> {
  const text = fs.readFileSync(path.join(__dirname, "schema", `${version}.json`), "utf8");
  const calls = JSON.parse(text) as Record<string, { parameters: { properties?: Properties } }>;
  return Object.fromEntries(
    Object.entries(calls).map(([call, entry]) => [call, entry.parameters.properties ?? {}]),
  );
}

/** PVE's spellings of a boolean, or undefined for any other text. */
export function parseBoolean(value: string): 0 | 1 | undefined {
  if (/^(1|on|yes|true)$/i.test(value)) return 1;
  return /^(0|off|no|false)$/i.test(value) ? 0 : undefined;
}

/**
 * Checks a request's parameters, all at once, and gives them their types.
 * @throws ParameterError with every parameter that is wrong.
 */
export function verify(
  properties: Properties,
  raw: RawParameters,
  warn: (line: string) => void,
): Parameters {
  const errors: Record<string, string> = {};
  let formatOnly = true;
  const values: Parameters = {};
  for (const [name, given] of Object.entries(raw)) {
    const property = properties[name];
    if (!property) {
      errors[name] =
        "property is not defined in schema and the schema does not allow additional properties";
      formatOnly = false;
      continue;
    }
    const value = joined(property, given);
    const wrong = schemaError(property, value);
    const malformed = wrong ?? formError(property, value, warn);
    if (wrong !== undefined) formatOnly = false;
    if (malformed !== undefined) errors[name] = malformed;
    else values[name] = typed(property, value);
  }
  for (const [name, property] of Object.entries(properties)) {
    if (property.optional || name in raw) continue;
    errors[name] = "property is missing and it is not optional";
    formatOnly = false;
  }
  if (Object.keys(errors).length > 0) throw new ParameterError(errors, !formatOnly);
  return values;
}

/** The schemas' required parameters as `pvesh` shows them in a usage line. */
export function usageParameters(properties: Properties, inPath: readonly string[]): string {
  return Object.entries(properties)
    .filter(([name, property]) => !property.optional && !inPath.includes(name))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, property]) => `--${name} <${property.type}> `)
    .join("");
}

function joined(property: Property, given: string | string[]): string | string[] {
  if (property.type === "array") return typeof given === "string" ? [given] : given;
  if (typeof given === "string") return given;
  return property.format?.endsWith("-list") ? given.join(",") : (given.at(-1) ?? "");
}

function schemaError(property: Property, value: string | string[]): string | undefined {
  if (typeof value !== "string") return undefined;
  if (property.type === "integer") {
    if (!/^[+-]?\d+$/.test(value)) return `type check ('integer') failed - got '${value}'`;
    const { minimum, maximum } = property;
    if (minimum !== undefined && Number(value) < minimum) {
      return `value must have a minimum value of ${minimum}`;
    }
    if (maximum !== undefined && Number(value) > maximum) {
      return `value must have a maximum value of ${maximum}`;
    }
    return undefined;
  }
  if (property.type === "boolean") {
    if (parseBoolean(value) !== undefined) return undefined;
    return `type check ('boolean') failed - got '${value}'`;
  }
  return textError(property, value);
}

function textError(property: Property, value: string): string | undefined {
  if (property.pattern !== undefined && !fitsPattern(property.pattern, value)) {
    return "value does not match the regex pattern";
  }
  if (property.maxLength !== undefined && value.length > property.maxLength) {
    return `value may only be ${property.maxLength} characters long`;
  }
  if (property.minLength !== undefined && value.length < property.minLength) {
    return `value must be at least ${property.minLength} characters long`;
  }
  if (property.enum && !property.enum.includes(value)) {
    const known = property.enum.join(", ");
    return `value '${value}' does not have a value in the enumeration '${known}'`;
  }
  return undefined;
}

/** Whether a whole value fits a pattern in Perl's notation, whose \w knows all letters. */
export function fitsPattern(perl: string, value: string): boolean {
  const flagged = /^\(\?\^(i?):(.*)\)$/s.exec(perl);
  const body = (flagged?.[2] ?? perl).replaceAll("\\w", "\\p{L}\\p{N}_");
  return new RegExp(`^(?:${body})$`, `${flagged?.[1] ?? ""}u`).test(value);
}

function formError(
  property: Property,
  value: string | string[],
  warn: (line: string) => void,
): string | undefined {
  const format = property.format ?? property.items?.format;
  if (!format) return undefined;
  for (const one of typeof value === "string" ? [value] : value) {
    const wrong = formatError(format, one, warn);
    if (wrong !== undefined) return `invalid format - ${wrong}`;
  }
  return undefined;
}

function typed(property: Property, value: string | string[]): string | number | string[] {
  if (typeof value !== "string") return value;
  if (property.type === "integer") return Number(value);
  if (property.type === "boolean") return parseBoolean(value) ?? 0;
  return value;
}

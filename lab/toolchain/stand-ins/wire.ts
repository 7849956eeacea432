// Property values as Pulumi sends them over gRPC: plain JSON plus marked objects for secrets and
// marked strings for values that a preview does not know yet.
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import type { JavaScriptValue } from "google-protobuf/google/protobuf/struct_pb";

export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };
export type Properties = Record<string, Value>;

const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** The unknown marker of a string; the engine reads it as "unknown", whatever the property's type. */
export const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const unknowns = new Set([
  unknown,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

function isObject(value: Value | undefined): value is { [key: string]: Value } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isSecret(value: Value): boolean {
  return isObject(value) && value[signatureKey] === secretSignature;
}

/** Marks a value as secret; the engine encrypts it in the state and masks it in what it prints. */
export function secret(value: Value): Value {
  return isSecret(value) ? value : { [signatureKey]: secretSignature, value: plain(value) };
}

/** The value without its secret marks, at every depth. */
export function plain(value: Value): Value {
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  if (isSecret(value)) return plain(value.value ?? null);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plain(item)]));
}

/** All properties without their secret marks. */
export function plainProperties(properties: Properties): Properties {
  return plain(properties) as Properties;
}

function hasSecret(value: Value): boolean {
  if (Array.isArray(value)) return value.some(hasSecret);
  return isObject(value) && (isSecret(value) || Object.values(value).some(hasSecret));
}

/** Names of the top-level properties that carry a secret at any depth. */
export function secretNames(properties: Properties): string[] {
  return Object.keys(properties).filter((name) => hasSecret(properties[name] ?? null));
}

/** A copy in which the named properties, where present, are secret as a whole. */
export function withSecrets(properties: Properties, names: Iterable<string>): Properties {
  const marked = { ...properties };
  for (const name of names) {
    const value = marked[name];
    if (value !== undefined) marked[name] = secret(value);
  }
  return marked;
}

/** Whether a value is, or holds, something that this preview does not know yet. */
export function hasUnknown(value: Value | undefined): boolean {
  if (typeof value === "string") return unknowns.has(value);
  if (Array.isArray(value)) return value.some(hasUnknown);
  return isObject(value) && Object.values(value).some(hasUnknown);
}

/** Equality by content; the order of keys and secret marks don't count. */
export function same(a: Value | undefined, b: Value | undefined): boolean {
  const canonical = (value: Value): string => {
    if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
    if (!isObject(value)) return JSON.stringify(value);
    const keys = Object.keys(value).sort();
    return `{${keys.map((k) => `${JSON.stringify(k)}:${canonical(value[k] ?? null)}`).join()}}`;
  };
  if (a === undefined || b === undefined) return a === b;
  return canonical(plain(a)) === canonical(plain(b));
}

/** Reads a gRPC struct; nothing at all reads as no properties. */
export function fromStruct(struct: Struct | undefined): Properties {
  return (struct?.toJavaScript() ?? {}) as Properties;
}

/** Writes a gRPC struct. */
export function toStruct(properties: Properties): Struct {
  return Struct.fromJavaScript(properties as Record<string, JavaScriptValue>);
}

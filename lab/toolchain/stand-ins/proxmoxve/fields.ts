// Between the names and forms of the API and those of the provider's properties.
import type { Properties, Value } from "../wire";
import { hasUnknown, unknown } from "../wire";
import type { Form } from "./api";

/** How a property travels. Lists: `joined` by commas in one field, or `repeated` fields. */
export type FieldForm = "text" | "number" | "flag" | "joined" | "repeated";

export interface Field {
  /** The property's name in a program. */
  property: string;
  /** The parameter's name in the API. */
  parameter: string;
  form: FieldForm;
  required?: boolean;
  /** Unsetting it is no change: the provider keeps what the API has. */
  kept?: boolean;
  default?: Value;
}

const list = (value: Value): string[] => (Array.isArray(value) ? value.map(String) : []);

/** What a create or an update sends: unset and unknown properties are left out. */
export function toForm(fields: readonly Field[], properties: Properties): Form {
  const form: Form = {};
  for (const field of fields) {
    const value = properties[field.property] ?? field.default;
    if (value === undefined || value === null || hasUnknown(value)) continue;
    if (field.form === "flag") form[field.parameter] = value ? 1 : 0;
    else if (field.form === "joined") form[field.parameter] = list(value).join(",");
    else if (field.form === "repeated") form[field.parameter] = list(value);
    else form[field.parameter] = typeof value === "number" ? value : String(value);
  }
  return form;
}

/** Parameters to name in `delete`: those that were set and no longer are. */
export function unset(fields: readonly Field[], state: Properties, news: Properties): string[] {
  return fields
    .filter(({ property, kept, default: fallback }) => {
      const was = state[property] ?? undefined;
      return was !== undefined && (news[property] ?? fallback) === undefined && !kept;
    })
    .map(({ parameter }) => parameter);
}

function fromApi(field: Field, value: Value | undefined): Value | undefined {
  if (value === undefined || value === null || value === "deleted") return undefined;
  switch (field.form) {
    case "flag":
      return value === true || Number(value) === 1;
    case "number":
      // The provider decodes into an integer and refuses anything else, a number as text too.
      if (typeof value === "number") return value;
      throw new Error(
        `json: cannot unmarshal ${typeof value} into Go struct field .data.${field.parameter} of type int64`,
      );
    case "text":
      return String(value);
    default: {
      if (Array.isArray(value)) return value.map(String);
      const items = String(value)
        .split(",")
        .map((item) => item.trim());
      return items.filter(Boolean);
    }
  }
}

/** Reads an object of the API; what `pending` carries wins over the running values. */
export function fromObject(fields: readonly Field[], data: Properties): Properties {
  const properties: Properties = {};
  const pending = data.pending;
  const coming =
    typeof pending === "object" && pending !== null && !Array.isArray(pending) ? pending : {};
  for (const field of fields) {
    const next = coming[field.parameter];
    const value = fromApi(field, next === undefined ? data[field.parameter] : next);
    if (value !== undefined) properties[field.property] = value;
  }
  return properties;
}

/** Outputs of a preview: computed properties that nobody set are not known yet. */
export function previewOutputs(
  fields: readonly Field[],
  news: Properties,
  computed: readonly string[],
): Properties {
  const outputs = { ...news };
  for (const { property, kept, default: fallback } of fields) {
    if (outputs[property] !== undefined) continue;
    if (fallback !== undefined) outputs[property] = fallback;
    else if (kept) outputs[property] = unknown;
  }
  for (const property of computed) outputs[property] = unknown;
  return outputs;
}

/** Reports what is missing or of the wrong kind. */
export function checkFields(
  fields: readonly Field[],
  inputs: Properties,
  problem: (property: string, reason: string) => void,
): void {
  for (const { property, form, required } of fields) {
    const value = inputs[property] ?? undefined;
    if (value === undefined) {
      if (required) problem(property, `Missing required argument: "${property}" is required`);
      continue;
    }
    if (hasUnknown(value)) continue;
    const fits =
      form === "flag"
        ? typeof value === "boolean"
        : form === "number"
          ? Number.isInteger(value)
          : form === "text"
            ? typeof value === "string"
            : Array.isArray(value);
    const wanted = { flag: "a boolean", number: "a whole number", text: "a string" };
    if (!fits) problem(property, `must be ${wanted[form as keyof typeof wanted] ?? "a list"}`);
  }
}

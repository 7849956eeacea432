import { CannotLook } from "../command";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined };
export type JsonObject = { [key: string]: Json | undefined };

/** What Pulumi does with a resource; a replacement is several steps of one URN. */
export type Change = "create" | "update" | "replace" | "delete" | "same";

/** One resource of a preview, all of its steps taken together. */
export interface PreviewedResource {
  urn: string;
  /** `proxmoxve:sdn/vnet:Vnet`. */
  type: string;
  name: string;
  change: Change;
  /** Inputs before and after; undefined where the resource does not exist. */
  old?: JsonObject;
  new?: JsonObject;
  /** Paths of the inputs that change, as the provider tells them. */
  paths: string[];
}

export interface Preview {
  resources: PreviewedResource[];
  /** Texts of warnings and errors, without repeats. */
  warnings: string[];
  errors: string[];
}

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);
export const listOf = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);
export const textOf = (value: unknown): string | undefined =>
  typeof value === "string" ? value : undefined;

/** A step's operation in a user's words. */
function changeOf(op: string): Change | undefined {
  if (/^(replace|create-replacement|delete-replaced)$/.test(op)) return "replace";
  if (/^(create|update|delete|same)$/.test(op)) return op as Change;
  // A read (a stack reference), an import or a discard changes nothing here.
  return undefined;
}

function inputsOf(state: unknown): JsonObject | undefined {
  return isObject(state) && isObject(state.inputs) ? state.inputs : undefined;
}

/** The type's token is the last of the URN's `$`-separated chain of parents. */
function identity(urn: string): { type: string; name: string } {
  const [, , chain = "", ...name] = urn.split("::");
  return { type: chain.split("$").at(-1) ?? "", name: name.join("::") };
}

function addStep(resources: Map<string, PreviewedResource>, step: JsonObject): void {
  const urn = textOf(step.urn);
  const change = changeOf(textOf(step.op) ?? "");
  if (urn === undefined || change === undefined) return;
  const before = resources.get(urn);
  const paths = Object.keys(isObject(step.detailedDiff) ? step.detailedDiff : {});
  const reasons = listOf(step.diffReasons).flatMap((each) => textOf(each) ?? []);
  resources.set(urn, {
    urn,
    ...identity(urn),
    change: before?.change === "replace" ? "replace" : change,
    old: before?.old ?? inputsOf(step.oldState),
    new: change === "delete" ? before?.new : (inputsOf(step.newState) ?? before?.new),
    paths: [...new Set([...(before?.paths ?? []), ...(paths.length > 0 ? paths : reasons)])],
  });
}

/**
 * Reads what `pulumi preview --json` printed.
 * @param source names the text in messages
 * @throws CannotLook when it is not such a document
 */
export function readPreview(text: string, source: string): Preview {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    throw new CannotLook(
      `${source} is not the JSON of \`pulumi preview --json\`: redirect its standard output alone.`,
    );
  }
  if (!isObject(document) || !(Array.isArray(document.steps) || isObject(document.changeSummary))) {
    throw new CannotLook(
      `${source} is JSON, but not of \`pulumi preview --json\`: it has no steps.`,
    );
  }
  const resources = new Map<string, PreviewedResource>();
  for (const step of listOf(document.steps)) if (isObject(step)) addStep(resources, step);
  const said = (severity: RegExp) => [
    ...new Set(
      listOf(document.diagnostics).flatMap((each) =>
        isObject(each) && severity.test(textOf(each.severity) ?? "")
          ? (textOf(each.message) ?? "").trim().replace(/^(warning|error): /, "")
          : [],
      ),
    ),
  ];
  return {
    resources: [...resources.values()],
    warnings: said(/^warning$/),
    errors: said(/^error$/),
  };
}

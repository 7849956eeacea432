import * as fs from "node:fs";
import * as path from "node:path";
import { Environment } from "nunjucks";

const FOLDER = path.join(__dirname, "..", "templates");

/** A name that a template uses and nobody gave it: a bug of template or caller, never of the config. */
export class UndefinedVariable extends Error {}

function unknown(name: string): never {
  throw new UndefinedVariable(`undefined variable \`${name}\``);
}

/**
 * The value with every object in it refusing names that it does not have. A name whose value is
 * `undefined` is known: a template may ask whether an optional value is there.
 */
function strict(value: unknown, at: string): unknown {
  if (Array.isArray(value)) return value.map((item, index) => strict(item, `${at}[${index}]`));
  if (typeof value !== "object" || value === null) return value;
  const parts = Object.entries(value).map(([name, part]) => [name, strict(part, `${at}.${name}`)]);
  return new Proxy(Object.fromEntries(parts) as object, {
    // Nunjucks asks any object for Symbol.iterator.
    get: (target, name) =>
      typeof name === "symbol" || Object.hasOwn(target, name)
        ? (Reflect.get(target, name) as unknown)
        : unknown(`${at}.${name}`),
  });
}

/**
 * Nunjucks' own `throwOnUndefined` sees only what is printed: `{% if %}` and `{% for %}` take an
 * undefined name for false or empty. It asks its globals for each name that the context lacks, so
 * globals that answer every name with an error make them strict too. (`range` and its like go with it.)
 */
const environment = new Environment(null, {
  autoescape: false,
  throwOnUndefined: true,
  trimBlocks: true,
});
Object.assign(environment, {
  globals: new Proxy({}, { has: () => true, get: (_none, name) => unknown(String(name)) }),
});

/**
 * Renders a template's text. Every name that it uses must be given, in conditions and loops too: a
 * block with a hole in it would still be valid FRR text. Lines end with `\n`, however the checkout
 * wrote them.
 * @throws Error that names the template and the variable
 */
export function renderText(name: string, text: string, variables: object): string {
  const context = Object.fromEntries(
    Object.entries(variables).map(([key, value]) => [key, strict(value, key)]),
  );
  try {
    return environment.renderString(text.replaceAll("\r\n", "\n"), context);
  } catch (error) {
    const reason = (error as Error).message.split("\n").at(-1)?.trim() ?? "";
    throw new Error(`templates/${name} cannot be rendered: ${reason}`);
  }
}

/** Renders a file of templates/ (see {@link renderText}). */
export function renderTemplate(name: string, variables: object): string {
  return renderText(name, fs.readFileSync(path.join(FOLDER, name), "utf8"), variables);
}

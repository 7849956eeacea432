import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { referenceText } from "../../../config/reference";
import { fieldPaths, settings, Setting } from "../../../config/settings";
import { violationsIn } from "./refusal";

const document = fs.readFileSync(path.join(__dirname, "../../../docs/config.md"), "utf8");

/** The example as the document shows it, one field per config key. */
function example(): unknown {
  const [, yaml = ""] = /```yaml\n([^]*?)```/.exec(document) ?? [];
  const { config } = parse(yaml) as { config: Record<string, unknown> };
  return Object.fromEntries(
    Object.entries(config).map(([key, value]) => [key.replace("proxmox-evpn:", ""), value]),
  );
}

/** Paths of the values that stand in a config, in the form of fieldPaths. */
function valuePaths(value: unknown, at = ""): string[] {
  if (Array.isArray(value)) return value.flatMap((each) => valuePaths(each, `${at}[]`));
  if (typeof value !== "object" || value === null) return [at];
  return Object.entries(value).flatMap(([name, part]) =>
    valuePaths(part, at ? `${at}.${name}` : name),
  );
}

/** All settings, sections included. */
function all(setting: Setting): Setting[] {
  const parts = Object.values((setting.items ?? setting).properties ?? {});
  return parts.flatMap((part) => [part, ...all(part)]);
}

it("is what the schema says: run `npm run docs:config` after a change", () => {
  expect(document).toBe(referenceText());
});

it("has a meaning for every setting", () => {
  expect(all(settings).filter(({ description }) => !description)).toEqual([]);
  expect(all(settings).length).toBeGreaterThan(40);
});

it("shows an example that is accepted", () => {
  expect(violationsIn(example())).toEqual([]);
});

it("shows an example that sets every field", () => {
  const set = new Set(valuePaths(example()));
  expect(fieldPaths(settings).filter((path) => !set.has(path))).toEqual([]);
});

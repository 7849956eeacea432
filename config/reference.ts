import * as fs from "node:fs";
import * as path from "node:path";
import { Setting, settings } from "./settings";

/** The text of docs/config.md, made from the schema and config/example.yaml alone. */

const EXAMPLE = path.join(__dirname, "example.yaml");
const COLUMNS = ["Setting", "Takes", "Default", "Meaning"];

const code = (text: string) => `\`${text}\``;

function takes(setting: Setting): string {
  if (setting.items?.properties)
    return `a list${setting.minItems ? `, at least ${setting.minItems}` : ""}`;
  if (setting.items)
    return `a list${setting.minItems ? ` (at least ${setting.minItems})` : ""} of: ${takes(setting.items)}`;
  if (setting.enum) return setting.enum.map(code).join(", ");
  if (setting.type === "boolean") return "`true` or `false`";
  if (setting.type === "integer")
    return `${setting.minimum} to ${setting.maximum}: ${setting.form ?? "a whole number"}`;
  return setting.properties ? "a section" : (setting.form ?? "text");
}

function row(name: string, setting: Setting, required: boolean): string[] {
  const fallback = setting.properties ? undefined : setting.default;
  const absent = required ? "**required**" : "";
  return [
    code(name),
    takes(setting),
    fallback === undefined ? absent : code(JSON.stringify(fallback)),
    setting.description ?? "",
  ];
}

/** A table in the form that prettier leaves as it is: columns padded to their widest cell. */
function table(rows: string[][]): string[] {
  const cells = [COLUMNS, ...rows.map((each) => each.map((cell) => cell.replace(/\|/g, "\\|")))];
  const widths = COLUMNS.map((_name, column) =>
    Math.max(...cells.map((each) => each[column]?.length ?? 0)),
  );
  const line = (each: string[]) =>
    `| ${each.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  const [head = [], ...body] = cells.map(line);
  return [String(head), rule, ...body];
}

function section(at: string, setting: Setting): string[] {
  const object = setting.items ?? setting;
  const place = setting.items ? `${at}[]` : at;
  const parts = Object.entries(object.properties ?? {});
  const required = new Set(object.required ?? []);
  return [
    `## ${code(place)}`,
    "",
    setting.description ?? "",
    "",
    ...table(parts.map(([name, part]) => row(name, part, required.has(name)))),
    "",
    ...parts
      .filter(([, part]) => part.properties ?? part.items?.properties)
      .flatMap(([name, part]) => section(`${place}.${name}`, part)),
  ];
}

/** @returns Markdown with a final newline; the same for the same schema */
export function referenceText(): string {
  const sections = Object.entries(settings.properties ?? {});
  const required = new Set(settings.required ?? []);
  return [
    "<!-- Made by `npm run docs:config` from config/schema.ts and config/example.yaml. Edit those. -->",
    "",
    "# Config of a stack",
    "",
    "Each section is a config key of the project, `proxmox-evpn:<section>`, and stands as a YAML mapping or list in `Pulumi.<stack>.yaml`. What is not listed here is refused, with the nearest setting that is.",
    "",
    "Put text that looks like a number, or that holds a colon, in quotes. YAML reads `0x10` as 16, `010` as 8 and `1e3` as 1000, and hands on only the number.",
    "",
    "Two keys are secrets and stand beside the sections: `apiToken` (`USER@REALM!ID=UUID`) and `sshPrivateKey` (or name a file in `ssh.privateKeyFile`). Set both with `pulumi config set --secret`. Where neither shall pass through Pulumi, whose engine logs what it passes on in clear from `-v=9` on: set `ssh.agent`, and give the token in the variable `PROXMOX_VE_API_TOKEN`.",
    "",
    ...table(sections.map(([name, part]) => row(name, part, required.has(name)))),
    "",
    ...sections.flatMap(([name, part]) => section(name, part)),
    "## All settings in one example",
    "",
    "`routerId` and `evpnSessions: mesh` belong to an operator's own `frr.conf`; a new fabric needs neither.",
    "",
    "```yaml",
    fs.readFileSync(EXAMPLE, "utf8").trimEnd(),
    "```",
    "",
  ].join("\n");
}

import type { PveVersion } from "../../pve-model/types";
import { applyOf, changed, detailsOf, kindOf, lostMachines } from "./changes";
import { unifiedDiff } from "./diff";
import type { Change, Preview } from "./document";
import { mergedFrrConf, nodesOf, type NodeView, type Told } from "./fabric";
import { Mask } from "./mask";
import { knownNames } from "./names";

/** GitHub's limit for a comment, in characters. */
export const COMMENT_LIMIT = 65_536;

/** The comment's first line: by it the workflow finds the comment that it replaces. */
export const MARKER = "<!-- evpn preview-comment -->";

export interface CommentOptions {
  /** Whose merge is computed; the preview itself asks no cluster. */
  version: PveVersion;
  mask: boolean;
  /** Characters. */
  limit?: number;
}

/** A part of the comment. The first parts that fit are shown, whole. */
interface Part {
  /** What is missing when it does not fit. */
  name: string;
  text: string;
}

const SIGNS: Record<Change, string> = {
  create: "create",
  update: "update",
  replace: "**replace**",
  delete: "**delete**",
  same: "",
};

/** Text inside of a table cell or a list, as code: nothing of it is Markdown or HTML. */
const code = (text: string) => `\`${text.replace(/[`|\s]+/g, " ").trim()}\``;

/** A fenced block that its content cannot end. */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

/** Passwords of BGP sessions may stand in frr.conf: they are nobody's business. */
const withoutPasswords = (text: string) => text.replace(/(\bpassword\s+)(\S.*)/gi, "$1[hidden]");

function summary(preview: Preview): string {
  const all = changed(preview);
  const counts = (["create", "update", "replace", "delete"] as const)
    .map((change) => [all.filter((each) => each.change === change).length, change] as const)
    .filter(([count]) => count > 0)
    .map(([count, change]) => `${count} to ${change}`);
  return counts.length > 0 ? `**${counts.join(", ")}**` : "**Nothing changes.**";
}

function applyText(preview: Preview): string {
  const { applies, nodes, vnets } = applyOf(preview);
  if (applies === 0) return "**SDN apply:** none follows; no node reloads its network.";
  const where = nodes.length > 0 ? nodes.map(code).join(", ") : "all nodes";
  const second = applies > 1 ? " A second apply then takes the removed objects away." : "";
  const touched =
    vnets.length > 0 ? `VNets touched: ${vnets.map(code).join(", ")}.` : "No VNet is touched.";
  return `**SDN apply:** follows on ${where}: each reloads its network and FRR.${second} ${touched}`;
}

function machinesText(consumers: Preview[]): string {
  const machines = consumers.flatMap(lostMachines);
  if (machines.length === 0) return "**Machines:** none would be made anew or removed.";
  const rows = machines.map(
    ({ name, vmId, node, change, from, to }) =>
      `| ${SIGNS[change]} | ${code(name)} | ${code(vmId)} | ${code(node)} | ${code(from)}${to ? ` → ${code(to)}` : ""} |`,
  );
  return [
    `**Machines that would go down:** ${machines.length}. A replaced machine is deleted first and made anew under its number.`,
    "",
    "| | machine | number | node | first interface |",
    "|---|---|---|---|---|",
    ...rows,
  ].join("\n");
}

function table(preview: Preview, mask: (text: string) => string): string {
  const rows = changed(preview).map((resource) => {
    const details = detailsOf(resource).map(mask).map(code).join(", ");
    return `| ${SIGNS[resource.change]} | ${kindOf(resource)} | ${code(mask(resource.name))} | ${details} |`;
  });
  return rows.length === 0
    ? ""
    : ["| | what | name | inputs |", "|---|---|---|---|", ...rows].join("\n");
}

const size = (diff: string) => {
  const marked = (mark: string) => diff.split("\n").filter((line) => line.startsWith(mark)).length;
  return `+${marked("+")} −${marked("-")}`;
};

/** The diff of a node's merged file. */
function mergedDiff(
  preview: Preview,
  node: string,
  { old, new: fresh }: Record<"old" | "new", NodeView>,
  version: PveVersion,
): Told {
  const after = mergedFrrConf(preview, "new", node, fresh, version);
  if ("why" in after) return after;
  const before = mergedFrrConf(preview, "old", node, old, version);
  // A file that cannot be told, or was not there, counts as empty.
  const text = "text" in before ? before.text : "";
  return { text: unifiedDiff(withoutPasswords(text), withoutPasswords(after.text)) };
}

function mergedText(merged: Told, version: PveVersion): string {
  if ("why" in merged) return `The merged \`frr.conf\` is not shown: ${merged.why}.`;
  if (merged.text === "") return "The merged `frr.conf` stays.";
  return `Merged \`frr.conf\`, as Proxmox VE ${version} would write it:\n\n${fenced("diff", merged.text)}`;
}

function nodeParts(preview: Preview, version: PveVersion, mask: (text: string) => string): Part[] {
  return [...nodesOf(preview)].flatMap(([node, views]) => {
    const { old, new: fresh } = views;
    const block = unifiedDiff(withoutPasswords(old.block), withoutPasswords(fresh.block));
    const merged = mergedDiff(preview, node, views, version);
    if (block === "" && ("why" in merged || merged.text === "")) return [];
    const shown = "why" in merged ? "unknown" : size(merged.text);
    const body = [
      block === "" ? "Its block stays." : `Its block:\n\n${fenced("diff", block)}`,
      mergedText(merged, version),
    ].join("\n\n");
    const title = `${node}: block ${size(block)}, frr.conf ${shown}`;
    const text = `<details><summary>${title}</summary>\n\n${body}\n\n</details>`;
    return [{ name: `the files of ${mask(node)}`, text: mask(text) }];
  });
}

/** Puts parts together up to the limit; what is left out is named. */
function fitted(parts: Part[], limit: number): string {
  const notice = (names: string[]) =>
    names.length === 0
      ? ""
      : `> **Cut:** too long for a comment. Left out: ${names.slice(0, 8).join(", ")}${names.length > 8 ? ` and ${names.length - 8} more` : ""}. \`pulumi preview --diff\` shows all.`;
  const left: string[] = [];
  // Room for the longest notice that these names could make.
  const reserve = notice(parts.map(({ name }) => name)).length + 4;
  let length = 0;
  const shown = parts.flatMap(({ name, text }) => {
    if (text === "") return [];
    if (length + text.length + 2 + reserve > limit) {
      left.push(name);
      return [];
    }
    length += text.length + 2;
    return [text];
  });
  return `${[...shown, ...(left.length > 0 ? [notice(left)] : [])].join("\n\n")}\n`;
}

const quoted = (texts: string[]) => texts.map((text) => fenced("", text)).join("\n\n");

/**
 * The comment about a fabric's preview. Secrets never stand in it: of secret inputs not even names,
 * and values only of objects of Proxmox VE.
 * @param consumers previews of programs whose machines stand on the fabric
 */
export function commentOf(
  preview: Preview,
  consumers: Preview[],
  { version, mask, limit = COMMENT_LIMIT }: CommentOptions,
): string {
  const words = new Mask(mask ? knownNames(preview, consumers) : { names: {}, asns: [] });
  const masked = (text: string) => (mask ? words.text(text) : text);
  const failed = preview.errors.length > 0;
  const warnings = [...preview.warnings, ...consumers.flatMap((each) => each.warnings)];
  const parts: Part[] = [
    { name: "the head", text: `${MARKER}\n## Fabric preview\n\n${summary(preview)}` },
    {
      name: "the errors",
      text: failed ? `**The preview failed:**\n\n${quoted(preview.errors.map(masked))}` : "",
    },
    { name: "the apply", text: failed ? "" : masked(applyText(preview)) },
    {
      name: "the machines",
      text: consumers.length > 0 ? masked(machinesText(consumers)) : "",
    },
    {
      name: "the warnings",
      text: warnings.length > 0 ? `**Warnings:**\n\n${quoted(warnings.map(masked))}` : "",
    },
    { name: "the table of changes", text: table(preview, masked) },
    ...nodeParts(preview, version, masked),
  ];
  return fitted(parts, limit);
}

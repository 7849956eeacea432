import { FrrConfig } from "./frr-config";

/**
 * What became of a statement of frr.conf.local: `kept` stands in its own section, `moved` stands
 * elsewhere or under another number, `duplicated` stands twice, `dropped` is lost.
 */
export type Fate = "kept" | "moved" | "duplicated" | "dropped";

export interface StatementFate {
  /** From 1. */
  lineNumber: number;
  /** Without leading and trailing blanks. */
  text: string;
  fate: Fate;
  /**
   * Where it stands in the merged file, outermost first:
   * `["router bgp 65000", "address-family ipv4 unicast"]`; empty at top level and when dropped.
   */
  place: string[];
  /** Why it was not simply kept. */
  reason?: string;
}

export interface MergeResult {
  config: FrrConfig;
  /**
   * In the order of frr.conf.local. Blank lines, comments, and the `exit` and `exit-address-family`
   * that close a section are no statements.
   */
  statements: StatementFate[];
}

/** One line of frr.conf.local with what both merges want to know of it. */
export interface LocalLine {
  lineNumber: number;
  raw: string;
  text: string;
}

/** Headers that both merges look for; the groups are the section's kind, the entry's parts, the family. */
export const SECTION = /^(router|vrf|interface) \S/;
export const ROUTE_MAP = /^route-map (\S+) (permit|deny) (\d+)$/;
export const FAMILY = /^address-family (.+)$/;

/** The reason of the rule that surprises most: it takes passwords with `!` along. */
export const BANG = "Proxmox VE drops every line that contains a `!`, wherever it stands";

export const NO_PLACE =
  "Proxmox VE's merge knows no such statement outside of a router, vrf, interface or route-map section";

/**
 * The statements of frr.conf.local. Lines with a `!` are reported here and go no further.
 * @param report gets the fates of the lines that are dropped here
 */
export function readLocal(local: string, report: StatementFate[]): LocalLine[] {
  const lines = local.split("\n").map((line, index) => ({
    lineNumber: index + 1,
    raw: line.replace(/\s+$/, ""),
    text: line.trim(),
  }));
  return lines.filter((line) => {
    if (line.text === "" || line.text.startsWith("!")) return false;
    if (!line.text.includes("!")) return true;
    report.push(fateOf(line, "dropped", [], BANG));
    return false;
  });
}

export function fateOf(
  { lineNumber, text }: LocalLine,
  fate: Fate,
  place: string[],
  reason?: string,
): StatementFate {
  return { lineNumber, text, fate, place, ...(reason === undefined ? {} : { reason }) };
}

/** The fate of a route-map's header: entries are numbered anew, in the order of the file. */
export function renumbered(line: LocalLine, given: string, now: number): StatementFate {
  return String(now) === given
    ? fateOf(line, "kept", [])
    : fateOf(line, "moved", [], `Proxmox VE numbers the entry ${now} instead of ${given}`);
}

export const byLine = (a: StatementFate, b: StatementFate) => a.lineNumber - b.lineNumber;

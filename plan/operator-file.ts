import { linesOf, routerSections, RouterSection } from "./operator-section";

/** What is to stand in an operator's frr.conf. */
export interface OperatorBlock {
  /** `<project>/<stack>`. */
  owner: string;
  asn: number;
  /** Interfaces that the block activates; the operator's `router bgp` has to know them. */
  neighbors: string[];
  /** Markers, lines and a final newline, with `\n`. Begins and ends inside `router bgp`. */
  text: string;
}

/** The new text, or why the file is left as it is. */
export type Edited = { text: string } | { refusal: string };

const MARK = /^! (BEGIN|END) proxmox-evpn (\S+)$/;

/** Offsets of a block with its markers: from the first one's line to behind the last one's end. */
interface Span {
  start: number;
  end: number;
}

/** @returns our block's place, undefined when there is none, or why the markers cannot be trusted */
function spanOf(text: string, owner: string): Span | undefined | { refusal: string } {
  const marks = linesOf(text).flatMap((line) => {
    const [, kind, of] = MARK.exec(line.statement) ?? [];
    return kind === undefined ? [] : [{ ...line, kind, of }];
  });
  const other = marks.find(({ of }) => of !== owner);
  if (other) {
    return {
      refusal: `it holds the block of another stack (${other.of}); destroy that stack, or take its lines out by hand`,
    };
  }
  const [begin, end, ...more] = marks;
  if (begin === undefined) return undefined;
  if (begin.kind === "BEGIN" && end?.kind === "END" && more.length === 0) {
    return { start: begin.start, end: end.end };
  }
  const seen = marks.map(({ kind }) => kind).join(", ");
  return {
    refusal: `its markers of ${owner} do not pair (${seen}); take them and the lines between them out by hand`,
  };
}

/** Cuts a block out. One that ends a text without a newline takes the newline before it along. */
function cut(text: string, { start, end }: Span): string {
  const before = text.slice(0, start);
  if (end < text.length || text.endsWith("\n")) return before + text.slice(end);
  const newline = text.slice(start).includes("\r\n") ? "\r\n" : "\n";
  return before.endsWith(newline) ? before.slice(0, -newline.length) : before;
}

function put(text: string, at: number, block: string, newline: string): string {
  const lines = block.replaceAll("\n", newline);
  if (at < text.length || text.endsWith("\n")) return text.slice(0, at) + lines + text.slice(at);
  // No final newline in the file: none behind the block either, so that taking it out restores all.
  return text + newline + lines.slice(0, -newline.length);
}

const lacking = (section: RouterSection, block: OperatorBlock) =>
  block.neighbors.filter((neighbor) => !section.neighbors.includes(neighbor));

function sectionFor(text: string, block: OperatorBlock): RouterSection | { refusal: string } {
  const sections = routerSections(text);
  // FRR reads two sections of one AS number as one; behind the last all neighbors are known.
  const ours = sections.filter(({ asn }) => asn === block.asn);
  const last = ours.at(-1);
  if (last === undefined) {
    const others = [...new Set(sections.map(({ asn }) => asn))];
    return {
      refusal:
        others.length === 0
          ? `it has no \`router bgp ${block.asn}\`; with frr.owner: operator the underlay's BGP is yours to configure there first`
          : `its \`router bgp\` has AS number ${others.join(", ")}, but fabric.asn is ${block.asn}; correct the one that is wrong`,
    };
  }
  const section = { ...last, neighbors: ours.flatMap(({ neighbors }) => neighbors) };
  const missing = lacking(section, block);
  if (missing.length === 0) return section;
  return {
    refusal: `its \`router bgp ${block.asn}\` has no \`neighbor ${missing.join("` and no `neighbor ")}\`; configure the underlay's sessions there, or correct nodes[].meshInterfaces`,
  };
}

/** Whether a block may stay at an offset: in the section itself, behind the neighbors that it needs. */
function mayStay(rest: string, at: number, section: RouterSection, block: OperatorBlock): boolean {
  if (at < section.bodyStart || at > section.bodyEnd) return false;
  const before = routerSections(rest.slice(0, at));
  const open = before.at(-1);
  if (open === undefined || open.bodyEnd < at || open.familyOpen) return false;
  const neighbors = before.filter(({ asn }) => asn === block.asn).flatMap((each) => each.neighbors);
  return lacking({ ...open, neighbors }, block).length === 0;
}

/**
 * The text of an operator's frr.conf with our block in its `router bgp`, at the section's end. A block
 * that is there is replaced where it stands, as long as that is such a place. Every byte outside the
 * markers stays. The block's lines end as the header's line does.
 * @param text characters stand for bytes (latin1), so that any encoding survives
 */
export function withBlock(text: string, block: OperatorBlock): Edited {
  const span = spanOf(text, block.owner);
  if (span !== undefined && "refusal" in span) return span;
  const rest = span === undefined ? text : cut(text, span);
  const section = sectionFor(rest, block);
  if ("refusal" in section) return section;
  const newline = rest.slice(0, section.bodyStart).endsWith("\r\n") ? "\r\n" : "\n";
  const stood = Math.min(span?.start ?? Infinity, rest.length);
  const stays = span !== undefined && mayStay(rest, stood, section, block);
  return { text: put(rest, stays ? stood : section.bodyEnd, block.text, newline) };
}

/** The text without our block. Another stack's block is refused: the file is not ours to edit then. */
export function withoutBlock(text: string, owner: string): Edited {
  const span = spanOf(text, owner);
  if (span === undefined) return { text };
  return "refusal" in span ? span : { text: cut(text, span) };
}

/** Our block as it stands in a file, markers included, with `\n`; undefined when there is none. */
export function blockIn(text: string, owner: string): string | undefined {
  const span = spanOf(text, owner);
  if (span === undefined || "refusal" in span) return undefined;
  return `${text.slice(span.start, span.end).replaceAll("\r\n", "\n").replace(/\n$/, "")}\n`;
}

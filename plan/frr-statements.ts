/** One statement of an FRR config and where it stands. */
export interface Statement {
  /** From 1. */
  lineNumber: number;
  /** Without leading and trailing blanks. */
  text: string;
  /** Headers of the sections around it, outermost first; empty at top level. */
  place: string[];
}

const SECTION = /^(router|vrf|interface|route-map) \S/;
const FAMILY = /^address-family \S/;

/**
 * Reads FRR's text as FRR does: by its words, never by indentation. Headers are statements of what is
 * around them. Comments, blanks and the lines that close a section are none.
 */
export function readStatements(text: string): Statement[] {
  let place: string[] = [];
  return text.split("\n").flatMap((line, index) => {
    const statement = { lineNumber: index + 1, text: line.trim(), place };
    const { text: words } = statement;
    if (words === "" || words.startsWith("!")) return [];
    if (words === "exit" || words === "exit-address-family") {
      place = place.slice(0, -1);
      return [];
    }
    if (words === "exit-vrf" || words === "end") {
      place = [];
      return [];
    }
    if (SECTION.test(words)) {
      place = [words];
      return [{ ...statement, place: [] }];
    }
    if (FAMILY.test(words)) {
      const around = place.slice(0, 1);
      place = [...around, words];
      return [{ ...statement, place: around }];
    }
    return [statement];
  });
}

/** Whether a statement opens a section: what stands in it is what counts. */
export const isHeader = ({ text }: Statement) => SECTION.test(text) || FAMILY.test(text);

/** A place as one text, for comparison and for messages; `top level` when there is none. */
export const placeText = (place: readonly string[]) => place.join(" > ") || "top level";

/**
 * Whether a statement only says that something was made under another profile's defaults (`frr defaults`
 * traditional or datacenter) or another version's. A reload does not take it away, and packets do not care.
 */
export function isForeignDefault(text: string): boolean {
  return /^(no )?(neighbor \S+ (capability (dynamic|software-version|link-local)|timers connect \d+|enforce-first-as)|use-underlays-nexthop-weight)$/.test(
    text,
  );
}

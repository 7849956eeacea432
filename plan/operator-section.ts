/** A line of a file. Offsets count characters; `end` is behind the line's own newline. */
export interface TextLine {
  /** Without blanks around it, and without the newline. */
  statement: string;
  indented: boolean;
  start: number;
  end: number;
}

/** Where an operator's `router bgp` of the default VRF stands. */
export interface RouterSection {
  /** AS number of the header. */
  asn: number;
  /** Behind the header's line. */
  bodyStart: number;
  /** Before the line that ends the section, or the text's length. */
  bodyEnd: number;
  /** Interfaces and addresses that a `neighbor` line of the section names. */
  neighbors: string[];
  /** Whether an address-family is still open where the section ends. */
  familyOpen: boolean;
}

const HEADER =
  /^router\s+bgp\s+(\d+)(?:\.(\d+))?(?:\s+as-notation\s+\S+|\s+(?:vrf|view)\s+default)?$/;
/** What may stand unindented in `router bgp`: FRR itself prints one blank, people do not always. */
const ROUTER_COMMAND =
  /^(?:no\s+)?(?:neighbor|network|aggregate-address|redistribute|address-family|exit-address-family|timers|distance|maximum-paths|table-map|coalesce-time|update-delay|read-quanta|write-quanta|advertise\S*|import|export|rd|rt|route-target|label|sid|nexthop|bgp(?!\s+(?:\S*community-list|as-path)\b))(?:\s|$)/;
/** Begins something else however it is indented. */
const ELSEWHERE =
  /^(?:router|vrf|interface|route-map|line|bfd|hostname|password|log|frr|service)(?:\s|$)/;
const FAMILY = /^address-family\s/;
/** Sections within an address-family, which an `exit` of their own leaves. */
const NESTED = /^(?:vni\s+\d+|segment-routing\s+srv6)$/;
const LEAVE = /^(?:exit(?:-\S+)?|quit)$/;

/** The lines of a text. Only `\n` separates: that is what FRR splits at. */
export function linesOf(text: string): TextLine[] {
  let at = 0;
  return (text.match(/[^\n]*\n|[^\n]+$/g) ?? []).map((line) => {
    const start = at;
    at += line.length;
    return { statement: line.trim(), indented: /^[ \t]/.test(line), start, end: at };
  });
}

const isComment = (statement: string) => statement === "" || /^[!#]/.test(statement);

/** asdot (RFC 5396): 64086.60904 is 64086 * 65536 + 60904. */
function asnOf(high: string, low: string | undefined): number {
  return low === undefined ? Number(high) : Number(high) * 0x10000 + Number(low);
}

function leaves({ statement, indented }: TextLine, depth: number): boolean {
  if (ELSEWHERE.test(statement) || statement === "end") return true;
  if (depth > 0) return false;
  return LEAVE.test(statement) || (!indented && !ROUTER_COMMAND.test(statement));
}

function depthAfter(statement: string, depth: number): number {
  if (FAMILY.test(statement)) return 1;
  if (statement === "exit-address-family") return 0;
  if (depth === 0) return 0;
  return depth + (NESTED.test(statement) ? 1 : LEAVE.test(statement) ? -1 : 0);
}

function sectionFrom(asn: number, bodyStart: number, lines: TextLine[], end: number) {
  const neighbors = new Set<string>();
  let depth = 0;
  let bodyEnd = end;
  for (const line of lines.filter(({ statement }) => !isComment(statement))) {
    if (leaves(line, depth)) {
      bodyEnd = line.start;
      break;
    }
    depth = depthAfter(line.statement, depth);
    const neighbor = /^neighbor\s+(\S+)\s/.exec(line.statement)?.[1];
    if (neighbor !== undefined) neighbors.add(neighbor);
  }
  return { asn, bodyStart, bodyEnd, neighbors: [...neighbors], familyOpen: depth > 0 };
}

/**
 * Finds each `router bgp` of the default VRF in the text of an frr.conf. A section ends as vtysh
 * leaves it: at its own `exit`, or at a statement that belongs elsewhere.
 */
export function routerSections(text: string): RouterSection[] {
  const lines = linesOf(text);
  return lines.flatMap(({ statement, end }, index) => {
    const header = HEADER.exec(statement);
    if (header === null) return [];
    const asn = asnOf(header[1] ?? "", header[2]);
    return [sectionFrom(asn, end, lines.slice(index + 1), text.length)];
  });
}

/** Names that a public repository should not show, by the word that takes their place. */
export interface KnownNames {
  /** Node names, host names, VNet and zone ids and the like: kind -> values. */
  names: Record<string, string[]>;
  /** AS numbers, whole. */
  asns: string[];
}

const IPV6 =
  /(?<![A-Za-z0-9:.])(?:[0-9a-f]{0,4}:){2,7}(?:\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f]{0,4})(?![A-Za-z0-9:])/gi;
const IPV4 = /(?<![A-Za-z0-9.])\d{1,3}(?:\.\d{1,3}){3}(?![A-Za-z0-9])/g;
const MAC = /(?<![A-Za-z0-9:])(?:[0-9a-f]{2}:){5}[0-9a-f]{2}(?![A-Za-z0-9:])/gi;
/** `65000:1`: a route target or distinguisher; its first part is an AS number, or the end of one. */
const ROUTE_TARGET = /(?<![\w:.-])(\d{1,10})(?=:\d{1,10}(?![\w:.]))/g;

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/**
 * Replaces addresses, names and AS numbers by `ipv4-1`, `node-2`, `asn-1`: the same value by the same
 * word wherever it stands, numbered in the order of appearance. Prefix lengths, VNIs and MTUs stay.
 */
export class Mask {
  private readonly words = new Map<string, string>();
  private readonly counts = new Map<string, number>();
  private readonly known: [RegExp, string][];

  constructor({ names, asns }: KnownNames) {
    const entries = [
      ...Object.entries(names).flatMap(([kind, values]) =>
        values.map((value) => [value, kind] as const),
      ),
      ...asns.map((asn) => [asn, "asn"] as const),
    ].filter(([value]) => value !== "");
    // The longest first: one name may stand inside of another (pve01 in pve01.example.net).
    entries.sort(([a], [b]) => b.length - a.length || (a < b ? -1 : 1));
    this.known = entries.map(([value, kind]) => [
      new RegExp(`(?<![A-Za-z0-9])${escaped(value)}(?![A-Za-z0-9])`, "g"),
      kind,
    ]);
  }

  private word(kind: string, value: string): string {
    const key = `${kind}/${value.toLowerCase()}`;
    const found = this.words.get(key);
    if (found !== undefined) return found;
    const number = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, number);
    this.words.set(key, `${kind}-${number}`);
    return `${kind}-${number}`;
  }

  /** The text without what it must not show. */
  text(text: string): string {
    // `::` alone is "anything", as in a default route.
    const put = (kind: string) => (value: string) =>
      value === "::" ? value : this.word(kind, value);
    let masked = text
      .replace(MAC, put("mac"))
      .replace(IPV6, put("ipv6"))
      .replace(IPV4, put("ipv4"));
    for (const [pattern, kind] of this.known) masked = masked.replace(pattern, put(kind));
    return masked.replace(ROUTE_TARGET, put("asn"));
  }
}

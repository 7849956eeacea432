/**
 * The part of frr.conf that Proxmox VE knows by structure. Lines are kept as they will be printed,
 * with their leading blanks.
 */
export interface FrrConfig {
  /** `vrf`, `interface` and `router` sections by header, printed in this order, sorted by header. */
  sections: Record<SectionKind, Map<string, FrrSection>>;
  /** Numbered lists: rules by sequence number, by name, by kind. */
  lists: Record<ListKind, Map<string, Map<string, string>>>;
  communityLists: string[];
  /** 9.2-pre: text of frr.conf.local without a place of its own, printed behind the lists. */
  custom: string[];
  /** Entries are numbered from 1 when printed, whatever number they were given. */
  routeMaps: Map<string, RouteMapEntry[]>;
  staticRoutes: string[];
}

export const SECTION_KINDS = ["vrf", "interface", "router"] as const;
export type SectionKind = (typeof SECTION_KINDS)[number];

export const LIST_KINDS = [
  "access-list",
  "ipv6 access-list",
  "ip prefix-list",
  "ipv6 prefix-list",
] as const;
export type ListKind = (typeof LIST_KINDS)[number];

export interface FrrSection {
  lines: string[];
  /** Address-families by name ("l2vpn evpn"), printed behind the lines, sorted by name. */
  families: Map<string, string[]>;
}

export interface RouteMapEntry {
  action: string;
  lines: string[];
}

export function emptyFrrConfig(): FrrConfig {
  return {
    sections: { vrf: new Map(), interface: new Map(), router: new Map() },
    lists: {
      "access-list": new Map(),
      "ipv6 access-list": new Map(),
      "ip prefix-list": new Map(),
      "ipv6 prefix-list": new Map(),
    },
    communityLists: [],
    custom: [],
    routeMaps: new Map(),
    staticRoutes: [],
  };
}

/** The section with this header, made if it is not there. */
export function sectionOf(config: FrrConfig, kind: SectionKind, header: string): FrrSection {
  return entryOf(config.sections[kind], header, () => ({ lines: [], families: new Map() }));
}

export function addListRule(config: FrrConfig, rule: ListRule) {
  entryOf(config.lists[rule.kind], rule.name, () => new Map<string, string>()).set(
    rule.seq,
    rule.rule,
  );
}

/** @returns the number that the entry gets when printed */
export function addRouteMapEntry(config: FrrConfig, name: string, entry: RouteMapEntry): number {
  return entryOf(config.routeMaps, name, () => [] as RouteMapEntry[]).push(entry);
}

/** The value under a key, made and stored if it is not there. */
export function entryOf<Value>(map: Map<string, Value>, key: string, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

export interface ListRule {
  kind: ListKind;
  name: string;
  seq: string;
  rule: string;
}

const LIST_RULE = /^((?:ip|ipv6) prefix-list|(?:ipv6 )?access-list) (\S+) seq (\d+) (.+)$/;

/** Reads a numbered rule of a prefix or access list; null for anything else, unnumbered ones too. */
export function parseListRule(statement: string): ListRule | null {
  const match = LIST_RULE.exec(statement);
  if (match === null) return null;
  const [, kind, name = "", seq = "", rule = ""] = match;
  return { kind: kind as ListKind, name, seq, rule };
}

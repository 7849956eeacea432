import { FrrConfig, FrrSection, LIST_KINDS, RouteMapEntry, SECTION_KINDS } from "./frr-config";
import { PveVersion } from "./types";

/** The version that Proxmox VE writes into the file, which is not the one it runs. */
const FRR_VERSION: Record<PveVersion, string> = {
  "8.4": "8.5.2",
  "9.1": "10.4.1",
  "9.2-pre": "10.4.1",
};

/**
 * Text of /etc/frr/frr.conf. Sections, lists and route-maps are sorted by code unit, as Perl sorts
 * keys. 8.4 writes no newline at the end. The places of `interface` sections, access lists and
 * community lists, and the order of rules within a list, are assumed: no recorded file has them.
 */
export function renderFrrConf(version: PveVersion, node: string, config: FrrConfig): string {
  const header = [
    `frr version ${FRR_VERSION[version]}`,
    "frr defaults datacenter",
    `hostname ${node}`,
    "log syslog informational",
    "service integrated-vtysh-config",
    ...(version === "9.2-pre" ? [] : ["!"]),
  ];
  const before = [...sectionBlocks(config), ...listBlocks(config)];
  const behind = [...routeMapBlocks(config), ...routeBlocks(version, config), ["line vty"]];
  const lines = [...header, ...before.flatMap(marked), ...config.custom, ...behind.flatMap(marked)];
  return `${[...lines, "!"].join("\n")}${version === "8.4" ? "" : "\n"}`;
}

const marked = (block: string[]) => ["!", ...block];

function sectionBlocks(config: FrrConfig): string[][] {
  return SECTION_KINDS.flatMap((kind) =>
    sorted(config.sections[kind]).map(([header, section]) => [
      header,
      ...sectionBody(section),
      kind === "vrf" ? "exit-vrf" : "exit",
    ]),
  );
}

function sectionBody(section: FrrSection): string[] {
  const families = sorted(section.families).flatMap(([name, lines]) => [
    " !",
    ` address-family ${name}`,
    ...lines,
    " exit-address-family",
  ]);
  return [...section.lines, ...families];
}

function listBlocks(config: FrrConfig): string[][] {
  const numbered = LIST_KINDS.map((kind) =>
    sorted(config.lists[kind]).flatMap(([name, rules]) =>
      sorted(rules).map(([seq, rule]) => `${kind} ${name} seq ${seq} ${rule}`),
    ),
  );
  return [...numbered, config.communityLists].filter((block) => block.length > 0);
}

function routeMapBlocks(config: FrrConfig): string[][] {
  return sorted(config.routeMaps).flatMap(([name, entries]: [string, RouteMapEntry[]]) =>
    entries.map(({ action, lines }, index) => [
      `route-map ${name} ${action} ${index + 1}`,
      ...lines,
      "exit",
    ]),
  );
}

function routeBlocks(version: PveVersion, { staticRoutes }: FrrConfig): string[][] {
  if (version === "9.2-pre") return staticRoutes.map((route) => [route]);
  return staticRoutes.length === 0 ? [] : [staticRoutes];
}

function sorted<Value>(map: Map<string, Value>): [string, Value][] {
  return [...map].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
}

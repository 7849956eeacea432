import {
  addListRule,
  addRouteMapEntry,
  entryOf,
  FrrConfig,
  parseListRule,
  RouteMapEntry,
  SectionKind,
  sectionOf,
} from "./frr-config";
import {
  byLine,
  FAMILY,
  fateOf,
  LocalLine,
  NO_PLACE,
  readLocal,
  renumbered,
  ROUTE_MAP,
  SECTION,
  StatementFate,
} from "./merge-report";

/** Where the next line goes. */
type Place =
  | { at: "top" }
  | { at: "route-map"; name: string; entry: RouteMapEntry }
  | {
      at: "section";
      kind: SectionKind;
      header: string;
      family: string | null;
      /** `exit-address-family` was seen, but the lines still go into the family. */
      familyClosed: boolean;
      /** Headers that are printed once the section or family has a line. */
      pending: StatementFate[];
    };

/**
 * The merge of 8.4 and 9.1: leading blanks mean nothing and are written anew, lines are appended to
 * the generated section of the same header.
 * @param config is changed
 */
export function mergeTrimmed(config: FrrConfig, local: string): StatementFate[] {
  const report: StatementFate[] = [];
  let place: Place = { at: "top" };
  for (const line of readLocal(local, report)) {
    place = step(config, line, place, report);
  }
  return report.sort(byLine);
}

function step(config: FrrConfig, line: LocalLine, place: Place, report: StatementFate[]): Place {
  const { text } = line;
  if (text === "exit") return { at: "top" };
  const section = SECTION.exec(text);
  if (section !== null) return openSection(line, section[1] as SectionKind, report);
  const map = ROUTE_MAP.exec(text);
  if (map !== null) {
    const [, name = "", action = "", seq = ""] = map;
    const entry = { action, lines: [] };
    report.push(renumbered(line, seq, addRouteMapEntry(config, name, entry)));
    return { at: "route-map", name, entry };
  }
  if (addTopLevel(config, text)) {
    report.push(fateOf(line, "kept", []));
    return place;
  }
  if (place.at === "top") {
    report.push(fateOf(line, "dropped", [], NO_PLACE));
  } else if (place.at === "route-map") {
    place.entry.lines.push(` ${text}`);
    report.push(fateOf(line, "kept", [`route-map ${place.name}`]));
  } else {
    return inSection(config, line, place, report);
  }
  return place;
}

function openSection(line: LocalLine, kind: SectionKind, report: StatementFate[]): Place {
  const header = line.text;
  const pending = [emptyUntilFilled(line, [])];
  report.push(...pending);
  return { at: "section", kind, header, family: null, familyClosed: false, pending };
}

function inSection(
  config: FrrConfig,
  line: LocalLine,
  place: Extract<Place, { at: "section" }>,
  report: StatementFate[],
): Place {
  const { text } = line;
  if (text === "exit-address-family") return { ...place, familyClosed: true };
  const family = FAMILY.exec(text)?.[1];
  if (family !== undefined) {
    const header = emptyUntilFilled(line, [place.header]);
    report.push(header);
    return { ...place, family, familyClosed: false, pending: [...place.pending, header] };
  }
  const section = sectionOf(config, place.kind, place.header);
  for (const header of place.pending) {
    header.fate = "kept";
    delete header.reason;
  }
  if (place.family === null) {
    section.lines.push(` ${text}`);
    report.push(
      text === "exit-vrf"
        ? fateOf(
            line,
            "duplicated",
            [place.header],
            "Proxmox VE adds its own `exit-vrf`: use `exit`",
          )
        : fateOf(line, "kept", [place.header]),
    );
  } else {
    entryOf(section.families, place.family, () => [] as string[]).push(`  ${text}`);
    const where = [place.header, `address-family ${place.family}`];
    report.push(
      place.familyClosed
        ? fateOf(line, "moved", where, "lines behind `exit-address-family` land inside the family")
        : fateOf(line, "kept", where),
    );
  }
  return { ...place, pending: [] };
}

/** A header counts as dropped until a line follows: Proxmox VE keeps no empty section. */
function emptyUntilFilled(line: LocalLine, place: string[]): StatementFate {
  return fateOf(line, "dropped", place, "nothing stands in it");
}

function addTopLevel(config: FrrConfig, text: string): boolean {
  const rule = parseListRule(text);
  if (rule !== null) addListRule(config, rule);
  else if (text.startsWith("bgp community-list ")) config.communityLists.push(text);
  else return false;
  return true;
}

import { addRouteMapEntry, FrrConfig, FrrSection, parseListRule, SectionKind } from "./frr-config";
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

/** Where the next line goes; `lines` is the list that it is appended to. */
type Place =
  | { at: "top" }
  | { at: "route-map"; place: string[]; lines: string[] }
  | { at: "custom"; place: string[]; lines: string[] }
  | {
      at: "section";
      place: string[];
      lines: string[];
      section: FrrSection;
      /** `exit-address-family` was seen. */
      familyClosed: boolean;
    };

const BEHIND_FAMILY =
  "lines behind `exit-address-family` go back into the router, or Proxmox VE loses them";

/**
 * The merge of 9.2-pre: lines keep their leading blanks. A generated section or family of the same
 * header takes them in; a section of its own goes behind the lists as it is written.
 * Recorded only for blocks in the safe shape; the rest follows the table of facts, whose "back in
 * the router, or lost" is reported as moved.
 * @param config is changed
 */
export function mergeRaw(config: FrrConfig, local: string): StatementFate[] {
  const report: StatementFate[] = [];
  let place: Place = { at: "top" };
  for (const line of readLocal(local, report)) {
    place = step(config, line, place, report);
  }
  return report.sort(byLine);
}

function step(config: FrrConfig, line: LocalLine, place: Place, report: StatementFate[]): Place {
  // Only these must stand in column 0.
  const section = SECTION.exec(line.raw);
  if (section !== null) return openSection(config, line, section[1] as SectionKind, report);
  if (line.raw === "exit" || line.raw === "exit-vrf") {
    if (place.at === "custom") place.lines.push(line.raw, "!");
    return { at: "top" };
  }
  const map = ROUTE_MAP.exec(line.raw);
  if (map !== null) {
    const [, name = "", action = "", seq = ""] = map;
    const entry = { action, lines: [] };
    report.push(renumbered(line, seq, addRouteMapEntry(config, name, entry)));
    return { at: "route-map", place: [`route-map ${name}`], lines: entry.lines };
  }
  if (parseListRule(line.text) !== null || line.text.startsWith("bgp community-list ")) {
    config.custom.push(line.raw);
    report.push(fateOf(line, "kept", []));
    return place;
  }
  if (place.at === "top") {
    report.push(fateOf(line, "dropped", [], NO_PLACE));
    return place;
  }
  if (place.at === "section") return inSection(line, place, report);
  place.lines.push(line.raw);
  report.push(fateOf(line, "kept", place.place));
  return place;
}

function openSection(
  config: FrrConfig,
  line: LocalLine,
  kind: SectionKind,
  report: StatementFate[],
): Place {
  report.push(fateOf(line, "kept", []));
  const section = config.sections[kind].get(line.text);
  if (section !== undefined) {
    const familyClosed = false;
    return { at: "section", place: [line.text], lines: section.lines, section, familyClosed };
  }
  config.custom.push(line.raw);
  return { at: "custom", place: [line.text], lines: config.custom };
}

function inSection(
  line: LocalLine,
  place: Extract<Place, { at: "section" }>,
  report: StatementFate[],
): Place {
  const { section } = place;
  const header = place.place[0] ?? "";
  if (line.text === "exit-address-family") {
    // The end of a family that Proxmox VE did not generate is text of the router like its lines.
    if (place.place.length > 1 && place.lines === section.lines) place.lines.push(line.raw);
    return { ...place, place: [header], lines: section.lines, familyClosed: true };
  }
  const family = FAMILY.exec(line.text)?.[1];
  if (family !== undefined) {
    const generated = section.families.get(family);
    report.push(fateOf(line, "kept", [header]));
    if (generated === undefined) section.lines.push(line.raw);
    const lines = generated ?? section.lines;
    return { ...place, place: [header, line.text], lines, familyClosed: false };
  }
  place.lines.push(line.raw);
  report.push(
    place.familyClosed
      ? fateOf(line, "moved", place.place, BEHIND_FAMILY)
      : fateOf(line, "kept", place.place),
  );
  return place;
}

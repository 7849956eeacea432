import { FrrConfig } from "../../../pve-model/frr-config";
import { renderFrrConf } from "../../../pve-model/frr-text";
import { generatedFrrConfig } from "../../../pve-model/generate";
import { mergeFrrConfLocal } from "../../../pve-model/merge";
import { PveVersion } from "../../../pve-model/types";
import { vector } from "./vector-files";

const made = new Map<PveVersion, FrrConfig>();

/** What PVE generates for the case of three exit nodes: the ASN is 4200001000, the zone evpnz1. */
export function generated(version: PveVersion): FrrConfig {
  const known = made.get(version);
  if (known !== undefined) return known;
  const config = generatedFrrConfig(version, vector("exit-snat-rt-local", version).input);
  if (config === null) throw new Error("PVE generates nothing");
  made.set(version, config);
  return config;
}

/** frr.conf of that case with a frr.conf.local, and the report. */
export function merge(version: PveVersion, local: string) {
  const { config, statements } = mergeFrrConfLocal(version, generated(version), local);
  const text = renderFrrConf(version, "pve01", config);
  return { text, statements, sections: readSections(text) };
}

/**
 * Reads a frr.conf as FRR would, independently of the model: statements by section, sections named
 * "router bgp 65000" and "router bgp 65000 / l2vpn evpn", top level "".
 */
export function readSections(text: string): Map<string, string[]> {
  const sections = new Map<string, string[]>();
  let section = "";
  let family = "";
  for (const line of text.split("\n").map((each) => each.trim())) {
    if (line === "" || line === "!") continue;
    if (line === "exit" || line === "exit-vrf") [section, family] = ["", ""];
    else if (line === "exit-address-family") family = "";
    else if (/^(router|vrf|interface|route-map) /.test(line)) [section, family] = [line, ""];
    else if (line.startsWith("address-family ")) family = line.replace("address-family ", "");
    else {
      const name = family === "" ? section : `${section} / ${family}`;
      sections.set(name, [...(sections.get(name) ?? []), line]);
    }
  }
  return sections;
}

import * as fs from "node:fs";
import * as path from "node:path";
import { parseConfig } from "../../../config/parse";
import { buildPlan } from "../../../plan/plan";
import { identity, labConfig } from "../../fixtures/stack-config";

const blockOf = (changes = {}) =>
  buildPlan(parseConfig(labConfig(changes)), identity).blocks.pve02 as string;

/** Statements of a config with the section that they stand in; comments and blanks do not matter. */
function statements(text: string): string[] {
  let section = "";
  let family = "";
  return text.split("\n").flatMap((line) => {
    const statement = line.trim();
    if (statement === "" || statement.startsWith("!")) return [];
    if (statement.startsWith("router bgp")) section = statement;
    if (statement.startsWith("address-family")) family = statement;
    const place = [section, family].filter(Boolean).join(" > ");
    if (statement === "exit-address-family") family = "";
    if (statement === "exit") section = "";
    return [`${place}: ${statement}`];
  });
}

const withoutLists = (text: string) => statements(text).filter((line) => !line.includes(": ip"));

describe("the block", () => {
  it("holds the statements of the configuration that is known to work", () => {
    const known = fs.readFileSync(
      path.join(__dirname, "../../fixtures/pve/target/pve02/frr.conf.local"),
      "utf8",
    );
    expect(withoutLists(blockOf())).toEqual(withoutLists(known));
  });

  it("lets exactly the nodes' loopbacks into the underlay", () => {
    const lists = statements(blockOf()).filter((line) =>
      line.includes("prefix-list UNDERLAY6 seq"),
    );
    expect(lists.map((line) => line.split("permit ")[1])).toEqual([
      "fd00:255::1/128",
      "fd00:255::2/128",
      "fd00:255::3/128",
    ]);
  });

  it("stands between markers that name project and stack", () => {
    const lines = blockOf().trimEnd().split("\n");
    expect(lines[0]).toBe("! BEGIN proxmox-evpn proxmox-evpn/lab");
    expect(lines.at(-1)).toBe("! END proxmox-evpn proxmox-evpn/lab");
  });

  it("keeps the shape that PVE's merge keeps: router lines first, families closed, no `!` inside", () => {
    const text = blockOf({ frr: { evpnSessions: "mesh", advertiseSviIp: true } });
    expect(text).not.toMatch(/^\s*[^!\s].*!/m);
    expect(text).not.toContain("router-id");
    const router = text.slice(text.indexOf("router bgp"), text.indexOf("\nexit"));
    expect(router.indexOf("update-source")).toBeLessThan(router.indexOf("address-family"));
    expect(text.match(/address-family .* (unicast|evpn)/g)).toHaveLength(
      text.match(/exit-address-family/g)?.length ?? 0,
    );
  });

  it("gives EVPN on the mesh PVE's own route-maps, so that exits' defaults do not cross", () => {
    const text = statements(blockOf({ frr: { evpnSessions: "mesh" } }));
    const place = "router bgp 4200001000 > address-family l2vpn evpn";
    expect(text).toContain(`${place}: neighbor MESH activate`);
    expect(text).toContain(`${place}: neighbor MESH route-map MAP_VTEP_IN in`);
    expect(text).toContain(`${place}: neighbor MESH route-map MAP_VTEP_OUT out`);
    expect(text.filter((line) => line.startsWith(place)).join()).not.toContain("next-hop-self");
  });

  it("adds the fabric's own route target only where rt-import turns the automatic one off", () => {
    const zone = labConfig().zone;
    expect(blockOf({ zone: { ...zone, rtImport: [] } })).not.toContain("route-target");
    const two = blockOf({ zone: { ...zone, rtImport: ["65000:1", "65000:2"] } });
    expect(two.match(/route-target import .*/g)).toEqual([
      "route-target import 60904:4096",
      "route-target import 65000:2",
    ]);
  });
});

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
    // That one leaves the exported route target to FRR, which derives it from AS 1 at some starts.
    const derived = (line: string) => line.endsWith(": route-target export auto");
    expect(withoutLists(blockOf()).filter((line) => !derived(line))).toEqual(withoutLists(known));
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
    expect(blockOf({ zone: { ...zone, rtImport: [] } })).not.toContain("route-target import");
    const two = blockOf({ zone: { ...zone, rtImport: ["65000:1", "65000:2"] } });
    expect(two.match(/route-target import .*/g)).toEqual([
      "route-target import 60904:4096",
      "route-target import 65000:2",
    ]);
  });

  it("holds the operator's own lines, of the router before any family, each family's in its own", () => {
    const extraLines = {
      router: ["bgp bestpath as-path multipath-relax"],
      ipv4: ["maximum-paths 8", "distance bgp 20 200 200"],
      evpn: ["advertise-svi-ip"],
    };
    const added = statements(blockOf({ frr: { extraLines } })).filter(
      (line) => !statements(blockOf()).includes(line),
    );
    const router = "router bgp 4200001000";
    expect(added).toEqual([
      `${router}: bgp bestpath as-path multipath-relax`,
      `${router} > address-family ipv4 unicast: maximum-paths 8`,
      `${router} > address-family ipv4 unicast: distance bgp 20 200 200`,
      `${router} > address-family l2vpn evpn: address-family l2vpn evpn`,
      `${router} > address-family l2vpn evpn: advertise-svi-ip`,
      `${router} > address-family l2vpn evpn: exit-address-family`,
    ]);
  });

  it("exports the fabric's own route target: derived anew, or by name behind one for the edge", () => {
    const { zone } = labConfig();
    expect(blockOf().match(/route-target export .*/g)).toEqual(["route-target export auto"]);
    const text = blockOf({ zone: { ...zone, rtExport: ["65000:2"] } });
    expect(text.match(/route-target export .*/g)).toEqual([
      "route-target export 65000:2",
      "route-target export 60904:4096",
    ]);
  });

  it("leaves the VRF alone on a node that the zone is not on", () => {
    const zone = { ...labConfig().zone, exitNodes: ["pve01"], nodes: ["pve01", "pve03"] };
    const { blocks } = buildPlan(parseConfig(labConfig({ zone })), identity);
    expect(blocks.pve01).toContain("vrf vrf_evpnz1");
    expect(blocks.pve02).not.toContain("vrf_evpnz1");
    expect(blocks.pve02).toContain("neighbor MESH route-reflector-client");
  });

  it("never sets next-hop-self in l2vpn evpn, where the next hop is the VTEP", () => {
    const text = statements(
      blockOf({ frr: { evpnSessions: "mesh" }, fabric: fabricWith({ families: ["evpn"] }) }),
    );
    expect(text.filter((line) => line.includes("next-hop-self"))).toEqual(
      ["ipv4", "ipv6"].map(
        (family) =>
          `router bgp 4200001000 > address-family ${family} unicast: neighbor MESH next-hop-self force`,
      ),
    );
  });
});

const fabricWith = (peer: object) => ({
  ...labConfig().fabric,
  externalPeers: [{ address: "10.0.10.254", asn: 65000, ...peer }],
});

describe("without reflection", () => {
  it("no route-reflector-client, no next-hop-self and no multipath rule are left", () => {
    const text = blockOf({ frr: { routeReflection: false, evpnSessions: "mesh" } });
    expect(text).not.toMatch(/route-reflector-client|next-hop-self|maximum-paths/);
    expect(text).toContain("neighbor MESH activate");
  });
});

describe("an edge router", () => {
  const place = "router bgp 4200001000 > address-family l2vpn evpn";

  it("gets EVPN routes but the exits' own defaults, each way through a route-map (RFC 8212)", () => {
    const text = statements(blockOf({ fabric: fabricWith({}) }));
    expect(text).toEqual(
      expect.arrayContaining([
        "router bgp 4200001000: neighbor 10.0.10.254 remote-as 65000",
        `${place}: neighbor 10.0.10.254 activate`,
        `${place}: neighbor 10.0.10.254 route-map MAP_EDGE_IN in`,
        `${place}: neighbor 10.0.10.254 route-map MAP_EDGE_OUT out`,
      ]),
    );
    const maps = blockOf({ fabric: fabricWith({}) }).split("\nroute-map ");
    expect(maps.slice(1).map((entry) => entry.split("\nexit")[0])).toEqual([
      "MAP_EDGE_IN permit 1",
      "MAP_EDGE_OUT deny 1\n match ip address prefix-list EDGE_DEFAULT4",
      "MAP_EDGE_OUT deny 2\n match ipv6 address prefix-list EDGE_DEFAULT6",
      "MAP_EDGE_OUT permit 3",
    ]);
    expect(text.filter((line) => line.includes("unicast: neighbor 10.0.10.254"))).toEqual([]);
    expect(text.filter((line) => line.includes("multihop"))).toEqual([]);
  });

  it("of several hops gets a session from the VTEP with a TTL that reaches it", () => {
    const far = blockOf({ fabric: fabricWith({ hops: 3 }) });
    expect(far).toContain(" neighbor 10.0.10.254 ebgp-multihop 3\n");
    expect(far).toContain(" neighbor 10.0.10.254 update-source 10.255.0.2\n");
    // The VTEP is IPv4 here, and a session has one family at both ends.
    const other = blockOf({ fabric: fabricWith({ address: "2001:db8::fe", hops: 3 }) });
    expect(other).not.toContain("neighbor 2001:db8::fe update-source");
  });

  it("gets and gives nothing but loopbacks in unicast", () => {
    const text = blockOf({ fabric: fabricWith({ families: ["ipv4"] }) });
    const unicast = "router bgp 4200001000 > address-family ipv4 unicast";
    expect(statements(text)).toEqual(
      expect.arrayContaining([
        `${unicast}: neighbor 10.0.10.254 activate`,
        `${unicast}: neighbor 10.0.10.254 prefix-list UNDERLAY4 in`,
        `${unicast}: neighbor 10.0.10.254 prefix-list UNDERLAY4 out`,
      ]),
    );
    expect(text).toContain("permit 10.0.10.254/32");
    expect(text).not.toMatch(/allowas-in|l2vpn evpn\n  neighbor 10/);
  });
});

describe("a routed fabric", () => {
  const routed = { ...labConfig().fabric, topology: "routed" as const };

  it("has no mesh neighbors, only the source of the VTEP sessions and the route target", () => {
    expect(statements(blockOf({ fabric: routed }))).toEqual([
      "router bgp 4200001000: router bgp 4200001000",
      "router bgp 4200001000: neighbor VTEP update-source 10.255.0.2",
      "router bgp 4200001000: exit",
      "router bgp 4200001000 vrf vrf_evpnz1: router bgp 4200001000 vrf vrf_evpnz1",
      ...[
        "address-family l2vpn evpn",
        "route-target import 60904:4096",
        "route-target export auto",
        "exit-address-family",
      ].map((line) => `router bgp 4200001000 vrf vrf_evpnz1 > address-family l2vpn evpn: ${line}`),
      "router bgp 4200001000 vrf vrf_evpnz1: exit",
    ]);
  });

  it("on one shared network says nothing of the source, which would keep BFD down", () => {
    const text = statements(blockOf({ fabric: routed, frr: { updateSource: false } }));
    expect(text.filter((line) => line.includes("neighbor"))).toEqual([]);
    expect(blockOf()).toContain("neighbor VTEP update-source 10.255.0.2");
  });

  it("over edge routers takes the nodes' loopbacks back from another AS", () => {
    const { externalPeers } = fabricWith({ families: ["ipv4"] });
    const text = blockOf({ fabric: { ...routed, externalPeers } });
    expect(text).toContain("  network 10.255.0.2/32\n");
    expect(text).toContain("  neighbor 10.0.10.254 allowas-in 1\n");
    expect(text).not.toContain("MESH");
    expect(text).not.toContain("ipv6 unicast");
  });
});

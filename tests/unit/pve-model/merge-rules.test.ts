import { PVE_VERSIONS, PveVersion } from "../../../pve-model/types";
import { merge } from "./merged-file";

/** One test or more for each row of the table of merge rules in the facts about Proxmox VE. */

const TRIMMING: PveVersion[] = ["8.4", "9.1"];
const ROUTER = "router bgp 4200001000";
const fates = (version: PveVersion, local: string) =>
  merge(version, local).statements.map(({ text, fate }) => `${fate} ${text}`);

describe("leading blanks", () => {
  const local = `  ${ROUTER}\n      neighbor A bfd\n   address-family ipv4 unicast\nneighbor A activate\n`;

  it.each(TRIMMING)("are written anew on %s", (version) => {
    const { text } = merge(version, local);
    expect(text).toContain("\n neighbor A bfd\n !\n address-family ipv4 unicast\n");
    expect(text).toContain(
      "\n  import vrf vrf_evpnz1\n  neighbor A activate\n exit-address-family",
    );
  });

  it("stay on 9.2-pre, where a router must stand in column 0", () => {
    expect(merge("9.2-pre", `${ROUTER}\n      neighbor A bfd\n`).text).toContain(
      "\n      neighbor A bfd\n !\n",
    );
    expect(fates("9.2-pre", local)).toEqual([
      `dropped ${ROUTER}`,
      "dropped neighbor A bfd",
      "dropped address-family ipv4 unicast",
      "dropped neighbor A activate",
    ]);
  });

  it("keep an indented exit from closing the router on 9.2-pre", () => {
    const { sections } = merge("9.2-pre", `${ROUTER}\n exit\n neighbor A bfd\n`);
    expect(sections.get("")).toContain("neighbor A bfd");
    expect(fates("9.1", `${ROUTER}\n exit\n neighbor A bfd\n`)).toContain("dropped neighbor A bfd");
  });
});

describe.each(PVE_VERSIONS)("on %s", (version) => {
  it("appends to the generated router and address-family", () => {
    const local = `${ROUTER}\n neighbor A bfd\n address-family l2vpn evpn\n  advertise-svi-ip\n exit-address-family\nexit\n`;
    const { sections, statements } = merge(version, local);
    expect(sections.get(ROUTER)?.slice(-2)).toEqual([
      "neighbor 10.0.10.3 peer-group VTEP",
      "neighbor A bfd",
    ]);
    expect(sections.get(`${ROUTER} / l2vpn evpn`)?.slice(-2)).toEqual([
      "advertise-all-vni",
      "advertise-svi-ip",
    ]);
    expect(statements.map(({ fate }) => fate)).toEqual(["kept", "kept", "kept", "kept"]);
    expect(statements.at(-1)?.place).toEqual([ROUTER, "address-family l2vpn evpn"]);
  });

  it("makes a second router of another AS number", () => {
    const { text } = merge(version, "router bgp 65000\n neighbor A bfd\nexit\n");
    expect(text.match(/^router bgp \d+$/gm)).toEqual([ROUTER, "router bgp 65000"]);
  });

  it("drops every line with a ! and no other", () => {
    const local = `${ROUTER}\n ! a comment\n neighbor A password se!cret\n neighbor B password secret\nexit\n`;
    const { text, statements } = merge(version, local);
    expect(text).not.toContain("se!cret");
    expect(text).toContain(" neighbor B password secret\n");
    expect(statements.map(({ fate, lineNumber }) => [fate, lineNumber])).toEqual([
      ["kept", 1],
      ["dropped", 3],
      ["kept", 4],
    ]);
  });

  it("numbers a route-map's entries anew, behind PVE's catch-all", () => {
    const local =
      "route-map MAP_VTEP_IN deny 5\n match evpn vni 1\nexit\nroute-map MINE permit 1\nexit\n";
    const { text, statements } = merge(version, local);
    expect(text).toContain(
      "route-map MAP_VTEP_IN permit 3\nexit\n!\nroute-map MAP_VTEP_IN deny 4\n match evpn vni 1\nexit\n!\n" +
        "route-map MAP_VTEP_OUT permit 1\nexit\n!\nroute-map MINE permit 1\nexit\n!\n",
    );
    expect(statements.map(({ fate }) => fate)).toEqual(["moved", "kept", "kept"]);
    expect(statements[0]?.reason).toContain("4 instead of 5");
  });

  it.each([
    "ip prefix-list UNDERLAY4 seq 5 permit 10.255.0.0/24 ge 32",
    "ipv6 prefix-list UNDERLAY6 seq 5 permit fd00:255::/64 ge 128",
    "access-list A seq 5 permit 10.0.0.0/8",
    "ipv6 access-list A6 seq 5 permit fd00::/8",
    "bgp community-list standard C permit 65000:1",
  ])("keeps at top level: %s", (statement) => {
    const { sections, statements } = merge(version, `${statement}\n`);
    expect(sections.get("")).toContain(statement);
    expect(statements).toEqual([{ lineNumber: 1, text: statement, fate: "kept", place: [] }]);
  });

  it.each([
    "ip route 10.9.0.0/16 10.0.10.254",
    "bfd",
    "ip nht resolve-via-default",
    "bgp large-community-list standard L permit 1:2:3",
    "ip prefix-list UNDERLAY4 permit 10.255.0.0/24",
    "access-list A permit 10.0.0.0/8",
    "hostname elsewhere",
    "line vty",
  ])("drops at top level: %s", (statement) => {
    const { text, statements } = merge(version, `${statement}\n`);
    expect(text).toBe(merge(version, "").text);
    expect(statements).toEqual([
      expect.objectContaining({ text: statement, fate: "dropped", place: [] }),
    ]);
    expect(statements[0]?.reason).toMatch(/no such statement/);
  });

  it("leaves what was generated as it was when nothing is merged", () => {
    expect(merge(version, "\n!\n ! a comment\n")).toEqual(merge(version, ""));
  });
});

describe("lines behind exit-address-family", () => {
  const local = `${ROUTER}\n address-family ipv4 unicast\n  network 10.9.0.0/16\n exit-address-family\n neighbor A bfd\nexit\n`;

  it.each(TRIMMING)("land inside the family on %s", (version) => {
    const { sections, statements } = merge(version, local);
    expect(sections.get(`${ROUTER} / ipv4 unicast`)).toEqual([
      "import vrf vrf_evpnz1",
      "network 10.9.0.0/16",
      "neighbor A bfd",
    ]);
    expect(statements.at(-1)).toMatchObject({
      fate: "moved",
      place: [ROUTER, "address-family ipv4 unicast"],
    });
  });

  it("go back into the router on 9.2-pre, and are reported as not to be relied on", () => {
    const { sections, statements } = merge("9.2-pre", local);
    expect(sections.get(ROUTER)?.at(-1)).toBe("neighbor A bfd");
    expect(statements.at(-1)).toMatchObject({ fate: "moved", place: [ROUTER] });
  });
});

describe("exit-vrf", () => {
  const local = "vrf vrf_evpnz1\n ip route 10.9.0.0/16 blackhole\nexit-vrf\n";

  it.each(TRIMMING)("stands twice on %s", (version) => {
    const { text, statements } = merge(version, local);
    expect(text).toContain(
      "vrf vrf_evpnz1\n vni 4096\n ip route 10.9.0.0/16 blackhole\n exit-vrf\nexit-vrf\n",
    );
    expect(statements.at(-1)).toMatchObject({ text: "exit-vrf", fate: "duplicated" });
    expect(merge(version, local.replace("exit-vrf", "exit")).text).not.toContain(" exit-vrf");
  });

  it("closes the section on 9.2-pre", () => {
    const { text } = merge("9.2-pre", local);
    expect(text).toContain(
      "vrf vrf_evpnz1\n vni 4096\n ip route 10.9.0.0/16 blackhole\nexit-vrf\n!",
    );
  });
});

it("reports the header of an empty section as dropped on 9.1", () => {
  expect(fates("9.1", "router ospf\nexit\nrouter rip\n network eth0\nexit\n")).toEqual([
    "dropped router ospf",
    "kept router rip",
    "kept network eth0",
  ]);
});

import { blockProblems, mergedFile } from "../../../plan/block-check";
import { Plan } from "../../../plan/types";
import { PVE_VERSIONS, PveVersion } from "../../../pve-model/types";
import { insert, labPlan, withBlocks } from "../../fixtures/block";

const ROUTER = " neighbor VTEP update-source";
const plan = labPlan();

/** Problems of pve01's block as "LINE: reason -> remedy". */
const problems = (version: PveVersion, of: Plan) =>
  blockProblems(version, of)
    .filter(({ node }) => node === "pve01")
    .map(({ statement, reason, remedy }) => `${statement.text}: ${reason} -> ${remedy}`);

/** Problems when lines are put in before a line of each block. */
const with_ = (version: PveVersion, before: string, ...lines: string[]) =>
  problems(version, withBlocks(plan, insert(before, lines)));

describe.each(PVE_VERSIONS)("the merge of %s", (version) => {
  it.each([
    ["the lab's block", {}],
    ["EVPN on the mesh", { frr: { evpnSessions: "mesh" as const } }],
    [
      "EVPN on the mesh with SVI addresses",
      { frr: { evpnSessions: "mesh" as const, advertiseSviIp: true } },
    ],
    ["no route reflection", { frr: { routeReflection: false } }],
  ])("keeps %s", (_what, changes) => {
    expect(blockProblems(version, labPlan(changes))).toEqual([]);
  });

  it.each([["bgp bestpath as-path multipath-relax"], ["neighbor MESH timers 3 9"]])(
    "keeps a router's line: %s",
    (line) => {
      expect(with_(version, ROUTER, ` ${line}`)).toEqual([]);
    },
  );

  it("drops a line with a `!`", () => {
    expect(with_(version, ROUTER, " neighbor MESH description to!pve02")).toEqual([
      "neighbor MESH description to!pve02: is lost in Proxmox VE's merge: Proxmox VE drops every line that contains a `!`, wherever it stands -> Write it without a `!`",
    ]);
  });

  it("drops what it does not know at top level", () => {
    const [problem] = with_(version, "router bgp", "ip route 10.9.0.0/16 10.0.10.254");
    expect(problem).toMatch(/^ip route .*: is lost in Proxmox VE's merge: .*no such statement/);
  });

  it("moves lines behind a closed family", () => {
    const found = with_(version, " !\nexit\n", " neighbor MESH timers 3 9");
    expect(found).toEqual([expect.stringMatching(/^neighbor MESH timers 3 9: is moved to router/)]);
  });

  it("moves a list out of the router", () => {
    expect(with_(version, ROUTER, " ip prefix-list MINE seq 5 permit any")).toEqual([
      expect.stringContaining(
        "stands in router bgp 4200001000 here, and in top level after Proxmox VE's merge",
      ),
    ]);
  });

  it("shadows entries in its own route-maps, once for the whole entry", () => {
    const map = ["route-map MAP_VTEP_IN deny 4", " match evpn vni 10100", "exit"];
    const found = with_(version, "router bgp", ...map);
    expect(found).toEqual([
      expect.stringMatching(/^route-map MAP_VTEP_IN deny 4: is never reached/),
    ]);
  });

  it("keeps a route-map of another name, numbered as Proxmox VE numbers", () => {
    const map = (seq: number) => [`route-map MINE permit ${seq}`, " match evpn vni 10100", "exit"];
    expect(with_(version, "router bgp", ...map(1))).toEqual([]);
    expect(with_(version, "router bgp", ...map(10))).toEqual([
      expect.stringContaining("numbers the entry 1 instead of 10"),
    ]);
  });

  it("lets a rule of a list take the place of another of the same number", () => {
    const own = with_(version, "router bgp", "ip prefix-list only_default seq 1 deny any");
    expect(own).toEqual([
      expect.stringContaining("takes the place of Proxmox VE's own rule seq 1"),
    ]);
    const twice = with_(version, "router bgp", "ip prefix-list UNDERLAY4 seq 5 deny any");
    expect(twice[0]).toMatch(
      /UNDERLAY4 seq 5 permit 10.255.0.1\/32: is lost: a later line is seq 5/,
    );
  });

  it("runs one router, by the fabric's AS number", () => {
    const other = withBlocks(plan, (block) => block.replaceAll("bgp 4200001000", "bgp 65000"));
    expect(problems(version, other)[0]).toMatch(/^router bgp 65000: opens a second `router bgp`/);
  });

  it("finds lines that Proxmox VE writes itself, or that stand twice in the block", () => {
    expect(with_(version, ROUTER, " neighbor VTEP bfd")).toEqual([
      expect.stringContaining("Proxmox VE writes this line itself"),
    ]);
    expect(with_(version, ROUTER, " neighbor MESH bfd")).toEqual([
      expect.stringContaining("stands in the block already"),
    ]);
    expect(with_(version, ROUTER, " bgp router-id 10.0.0.9")).toEqual([
      expect.stringContaining("sets the router id"),
    ]);
  });

  it("refuses a password and says that its line must not be shown", () => {
    const block = withBlocks(plan, insert(ROUTER, [" neighbor MESH password secret"]));
    const [problem] = blockProblems(version, block);
    expect(problem).toMatchObject({ secret: true, statement: { lineNumber: 15 } });
    expect(problem?.reason).not.toContain("secret1");
    expect(problem?.reason).toContain("in clear");
  });
});

it("an indented router is lost on 9.2-pre alone", () => {
  const indented = withBlocks(plan, (block) =>
    block.replace("\nrouter bgp 4200001000 vrf", "\n router bgp 4200001000 vrf"),
  );
  expect(problems("9.1", indented)).toEqual([]);
  expect(problems("9.2-pre", indented).length).toBeGreaterThan(0);
});

it("`exit-vrf` stands twice on 8.4 and 9.1 alone", () => {
  const vrf = ["vrf vrf_evpnz1", " ip protocol bgp route-map MINE", "exit-vrf"];
  expect(with_("9.2-pre", "router bgp", ...vrf)).toEqual([]);
  for (const version of ["8.4", "9.1"] as const) {
    expect(with_(version, "router bgp", ...vrf)).toEqual([
      expect.stringMatching(/^exit-vrf: would stand twice in Proxmox VE's merge: .*use `exit`/),
    ]);
  }
  expect(with_("9.1", "router bgp", ...vrf.slice(0, 2), "exit")).toEqual([]);
});

it("has a merged file in which the block stands", () => {
  const file = mergedFile("9.1", plan, plan.nodes[0]!) ?? "";
  expect(file).toContain("\n neighbor VTEP update-source 10.255.0.1\n");
  expect(file).toContain("hostname pve01");
});

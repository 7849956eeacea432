import type { FabricIntent } from "../../../verify/intent";
import { readAnswer } from "../../../verify/observe";
import { TIMED_OUT } from "../../../verify/observe-script";
import { judge } from "../../../verify/verify";
import {
  labIntent,
  NodeName,
  Observations,
  recorded,
  recordedAnswer,
} from "../../fixtures/observations";
import { OVERLAY } from "./damages-overlay";
import { UNDERLAY } from "./damages-underlay";

const intent = labIntent();

const rowsOf = (observed: Observations, of: FabricIntent = intent) =>
  judge(of, { nodes: new Map(Object.entries(observed)) });

const failures = (observed: Observations, of: FabricIntent = intent) =>
  rowsOf(observed, of)
    .filter(({ status }) => status === "fail")
    .map(({ node, check, subject, cause }) => `${node} ${check} ${subject}: ${cause}`);

it("passes on a sound fabric, with a row for everything that is checked", () => {
  const rows = rowsOf(recorded());
  expect(failures(recorded())).toEqual([]);
  expect(rows.filter(({ status }) => status !== "pass")).toEqual([]);
  const count = (check: string, node: NodeName) =>
    rows.filter((row) => row.check === check && row.node === node).length;
  expect(
    ["vxlan", "gateway", "neighbor", "type-3", "fdb", "snat", "default", "gateway-mac"].map(
      (check) => [check, count(check, "pve02")],
    ),
  ).toEqual([
    ["vxlan", 5],
    ["gateway", 8],
    ["neighbor", 2],
    ["type-3", 8],
    ["fdb", 8],
    ["snat", 8],
    ["default", 2],
    ["gateway-mac", 4],
  ]);
});

it.each([...UNDERLAY, ...OVERLAY])("%s", (_what, damage, expected) => {
  const observed = recorded();
  damage(observed);
  expect(failures(observed)).toEqual(expected);
});

it("the one exit that exports another route target is blamed, not the nodes without its default", () => {
  const oneExit: FabricIntent = {
    ...intent,
    zone: { ...intent.zone, exitNodes: ["pve01"] },
    nodes: intent.nodes.map((node) => ({ ...node, isExit: node.name === "pve01" })),
  };
  const observed = recorded();
  for (const vni of observed.pve01.bgpVnis) if (vni.vni === 4096) vni.exportRTs = ["1:4096"];
  for (const node of [observed.pve02, observed.pve03]) node.vrfRoutes = {};
  expect(failures(observed, oneExit)).toEqual([
    "pve01 route-target VNI 4096: route-target-exported",
  ]);
});

it("a MAC address that has just moved, and is local on both nodes for a moment, blames nobody", () => {
  const observed = recorded();
  const macs = observed.pve02.macs["10101"]?.macs ?? {};
  macs["02:00:00:00:00:65"] = { type: "local", intf: "tap101i0", isDuplicate: false };
  expect(failures(observed)).toEqual([]);
});

describe("a session that the plan does not know", () => {
  const REFLECTOR = "10.255.0.9";
  const withReflector = (state: string, group = false) => {
    const observed = recorded();
    const { peers } = observed.pve01.summaries.l2VpnEvpn ?? {};
    if (peers) peers[REFLECTOR] = { state };
    const add = (text: string) =>
      text
        .replace(
          " neighbor VTEP peer-group\n",
          group
            ? ` neighbor VTEP peer-group\n neighbor RR peer-group\n neighbor ${REFLECTOR} peer-group RR\n`
            : ` neighbor VTEP peer-group\n neighbor ${REFLECTOR} remote-as internal\n`,
        )
        .replace(
          "  neighbor VTEP activate\n",
          `  neighbor VTEP activate\n  neighbor ${group ? "RR" : REFLECTOR} activate\n`,
        );
    observed.pve01.frrConf = add(observed.pve01.frrConf);
    observed.pve01.runningConfig = add(observed.pve01.runningConfig);
    return observed;
  };
  const row = (observed: Observations) => rowsOf(observed).find((r) => r.subject === REFLECTOR);

  it.each([false, true])(
    "is the operator's own where frr.conf declares it (group: %s)",
    (group) => {
      expect(failures(withReflector("Established", group))).toEqual([]);
      expect(row(withReflector("Established", group))).toMatchObject({ status: "pass" });
    },
  );

  it("is not what the fabric waits for, and is shown while it is down", () => {
    expect(failures(withReflector("Active"))).toEqual([]);
    expect(row(withReflector("Active"))).toMatchObject({ status: "warn", observed: "Active" });
  });

  it("is a mistake where frr.conf does not declare it", () => {
    const observed = withReflector("Established");
    observed.pve01.frrConf = recorded().pve01.frrConf;
    observed.pve01.runningConfig = recorded().pve01.runningConfig;
    expect(failures(observed)).toEqual([`pve01 neighbor ${REFLECTOR}: neighbor-extra`]);
  });
});

it("a default route of an edge router has its next hop, whichever node passes it on", () => {
  const edge = "192.0.2.250";
  const observed = recorded();
  const [sent] = observed.pve01.routes.filter(({ from }) => from === "10.255.0.2");
  if (!sent) throw new Error("pve02 sent no route");
  const route = { ...sent, prefix: "[5]:[0]:[0]:[0.0.0.0]", nextHops: [edge] };
  observed.pve01.routes.push(route);
  expect(failures(observed)).toEqual(["pve01 next-hop EVPN routes: next-hop"]);
  // Its own session may have another address than its VTEP.
  observed.pve01.routes.push({ ...route, from: "192.0.2.1" });
  expect(failures(observed)).toEqual([]);
});

it("a password in a line that does not run is not shown", () => {
  const observed = recorded();
  observed.pve01.frrConf = observed.pve01.frrConf.replace(
    " neighbor VTEP bfd",
    " neighbor VTEP bfd\n neighbor VTEP password hunter2",
  );
  const text = JSON.stringify(rowsOf(observed));
  expect(text).toContain("neighbor VTEP password …");
  expect(text).not.toContain("hunter2");
});

it("a daemon that hangs is not read as one that has nothing", () => {
  const answer = recordedAnswer("pve01").replace(
    /(=== evpn\n)[\s\S]*?(===proxmox-evpn=== bfd)/,
    `$1${TIMED_OUT}\n$2`,
  );
  expect(() => readAnswer("pve01", answer)).toThrow(
    "pve01: FRR's daemons do not answer vtysh (evpn).",
  );
});

it("a stopped daemon's text instead of JSON reads as nothing seen", () => {
  const answer = recordedAnswer("pve01").replace(
    /(=== bgp\n)[\s\S]*?(===proxmox-evpn=== evpn)/,
    "$1bgpd is not running\n$2",
  );
  const observed = readAnswer("pve01", answer);
  expect([observed.summaries, observed.routes, observed.vnis.length]).toEqual([{}, [], 5]);
});

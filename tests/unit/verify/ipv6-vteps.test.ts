import { parseConfig } from "../../../config/parse";
import { buildPlan } from "../../../plan/plan";
import { intentOf } from "../../../verify/intent";
import type { Observation } from "../../../verify/observation";
import { judge } from "../../../verify/verify";
import { Observations, recorded } from "../../fixtures/observations";
import { identity, labConfig } from "../../fixtures/stack-config";

const config = labConfig();
const peers = ["fd00:255::1", "fd00:255::2", "fd00:255::3"];
const plan = buildPlan(
  parseConfig({ ...config, controller: { ...config.controller, peers } }),
  identity,
);

/** What depends on the block's text is not what these tests are about. */
const blocks = Object.values(plan.blocks);

const sixOf = (address: string) => address.replace("10.255.0.", "fd00:255::");

/** The recorded fabric as it is with IPv6 tunnels on an FRR that can do them (10.7, measured). */
function newFrr(): Observations {
  const observed = recorded();
  Object.values(observed).forEach((node: Observation, index) => {
    const evpn = node.summaries.l2VpnEvpn;
    if (evpn) {
      evpn.peers = Object.fromEntries(
        Object.entries(evpn.peers).map(([peer, state]) => [sixOf(peer), state]),
      );
    }
    for (const link of node.links) {
      const data = link.linkinfo?.info_data;
      if (data?.local) {
        data.local6 = sixOf(data.local);
        delete data.local;
      }
    }
    node.vnis.forEach((vni) => {
      if (vni.vtepIp) vni.vtepIp = sixOf(vni.vtepIp);
      if (vni.localVtepIp) vni.localVtepIp = sixOf(vni.localVtepIp);
    });
    node.fdb.forEach((entry) => (entry.dst = entry.dst && sixOf(entry.dst)));
    node.routes.forEach((route) => {
      route.prefix = route.prefix.replace(/\[10\.255\.0\.(\d)\]$/, "[fd00:255::$1]");
      route.nextHops = route.nextHops.map(sixOf);
      if (route.from) route.from = sixOf(route.from);
    });
    for (const { macs } of Object.values(node.macs)) {
      Object.values(macs).forEach(
        (mac) => (mac.remoteVtep = mac.remoteVtep && sixOf(mac.remoteVtep)),
      );
    }
    node.paths = Object.fromEntries(
      Object.entries(node.paths).map(([to, look]) => [sixOf(to), look]),
    );
    node.frrConfLocal = blocks[index] ?? "";
    node.frrConf = blocks[index] ?? "";
    node.runningConfig = blocks[index] ?? "";
  });
  return observed;
}

/** The same with FRR 10.3: the VTEP reads 0.0.0.0, next hops are router ids, the kernel refuses entries. */
function oldFrr(): Observations {
  const observed = newFrr();
  for (const node of Object.values(observed)) {
    node.vnis.forEach((vni) => {
      if (vni.vtepIp) vni.vtepIp = "0.0.0.0";
      if (vni.localVtepIp) vni.localVtepIp = "0.0.0.0";
    });
    node.fdb = node.fdb.filter(({ mac }) => mac !== "00:00:00:00:00:00");
    node.routes.forEach((route) => {
      const fourOf = (address: string) => address.replace("fd00:255::", "10.255.0.");
      route.prefix = route.prefix.replace(/\[fd00:255::(\d)\]$/, "[10.255.0.$1]");
      route.nextHops = route.nextHops.map(fourOf);
    });
  }
  return observed;
}

const failures = (observed: Observations) =>
  judge(intentOf(plan), { nodes: new Map(Object.entries(observed)) })
    .filter(({ status }) => status === "fail")
    .map(({ node, check, subject, cause }) => `${node} ${check} ${subject}: ${cause}`);

it("IPv6 tunnels are sound with an FRR that knows them", () => {
  expect(failures(newFrr())).toEqual([]);
});

it("IPv6 tunnels on FRR before 10.6 are blamed on each node by FRR's own VTEP, and by nothing else", () => {
  expect(failures(oldFrr())).toEqual(
    ["pve01", "pve02", "pve03"].map((node) => `${node} vtep FRR's VNIs: vtep-ipv6-old-frr`),
  );
});

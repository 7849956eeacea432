import type { FabricConfigInput } from "../../../../config/schema";
import { finding, Finding } from "../../../../verify/preflight/finding";
import { judge } from "../../../../verify/preflight/judge";
import type { ClusterObservation } from "../../../../verify/preflight/observe-cluster";
import {
  sdnObject,
  soundCluster,
  soundNodes,
  wanted,
} from "../../../fixtures/preflight-observations";
import { labConfig } from "../../../fixtures/stack-config";

function findings(
  damage: (cluster: ClusterObservation) => void,
  changes: Partial<FabricConfigInput> = {},
  failed: Finding[] = [],
) {
  const cluster = soundCluster();
  damage(cluster);
  const nodes = soundNodes();
  failed.forEach(({ node }) => nodes.delete(node));
  return judge(wanted(changes), { nodes, cluster }, failed).map(
    ({ node, check, severity, what, where }) => ({
      line: `${node} ${check} ${severity}`,
      what,
      where,
    }),
  );
}

type Row = [string, (cluster: ClusterObservation) => void, string, RegExp, string | undefined];

const add =
  (...object: Parameters<typeof sdnObject>) =>
  (cluster: ClusterObservation) =>
    cluster.sdn.push(sdnObject(...object));
const member = (name: string, online = true) => ({ name, online });

// prettier-ignore
const ROWS: Row[] = [
  ["no quorum", (c) => (c.quorate = false), "cluster quorum error", /not quorate/, undefined],
  ["a member is offline", (c) => (c.members[2] = member("pve03", false)), "pve03 quorum error", /offline/, undefined],
  ["a node is no member", (c) => c.members.pop(), "pve03 members error", /members are pve01, pve02/, "nodes[2].name"],
  ["a member is no node", (c) => c.members.push(member("pve04")), "pve04 members warning", /not in the config/, "nodes"],
  ["another EVPN controller", (c) => (c.sdn[0] = sdnObject("controller", "other", { type: "evpn", asn: 65001 })), "cluster controller error", /'other' \(asn 65001/, "controller.id"],
  ["a controller of another type in its place", (c) => (c.sdn[0] = sdnObject("controller", "frr", { type: "isis" })), "cluster controller error", /of type isis/, "controller.id"],
  ["a BGP controller beside it", add("controller", "bgppve01", { type: "bgp" }), "cluster controller warning", /a bgp controller, 'bgppve01'/, undefined],
  ["a zone of another type", (c) => (c.sdn[1] = sdnObject("zone", "evpnz1", { type: "vxlan" })), "cluster sdn-ids error", /of type vxlan/, "zone.id"],
  ["the VRF's VNI in another zone", add("zone", "z9", { type: "evpn", "vrf-vxlan": 4096 }), "cluster sdn-ids error", /VRF of zone z9/, "zone.vrfVni"],
  ["the VRF's VNI on a foreign VNet", add("vnet", "v9", { zone: "z9", tag: 4096 }), "cluster sdn-ids error", /4096 is VNet v9's/, "zone.vrfVni"],
  ["a VNet in another zone", add("vnet", "vnet101", { zone: "z9", tag: 9 }), "cluster sdn-ids error", /vnet101 is there, in zone z9/, "vnets[1].id"],
  ["a VNI on a foreign VNet", add("vnet", "v9", { zone: "z9", tag: 10102 }), "cluster sdn-ids error", /10102 is VNet v9's/, "vnets[2].vni"],
  ["a VNI of a foreign VRF", add("zone", "z9", { type: "evpn", "vrf-vxlan": 10103 }), "cluster sdn-ids error", /VRF of zone z9/, "vnets[3].vni"],
  ["a foreign change that is pending", add("vnet", "v9", { zone: "z9", tag: 9 }, "new"), "cluster pending error", /^vnet v9 \(new\)$/, "apply.foreignPending"],
  ["a foreign removal that is pending", add("zone", "z9", { type: "vxlan" }, "deleted"), "cluster pending error", /^zone z9 \(deleted\)$/, "apply.foreignPending"],
  ["a foreign VNet in our zone that is pending", add("vnet", "v9", { zone: "evpnz1", tag: 9 }, "new"), "cluster pending error", /v9/, "apply.foreignPending"],
  ["a held lock", (c) => (c.locked = true), "cluster sdn-lock error", /is held/, undefined],
];

it.each(ROWS)("%s", (_what, damage, line, what, where) => {
  expect(findings(damage)).toEqual([{ line, what: expect.stringMatching(what) as string, where }]);
});

it.each<[string, (cluster: ClusterObservation) => void]>([
  [
    "a planned VNet",
    (c) => (c.sdn[2] = sdnObject("vnet", "vnet100", { zone: "evpnz1" }, "changed")),
  ],
  ["a planned zone", (c) => (c.sdn[1] = sdnObject("zone", "evpnz1", { type: "evpn" }, "new"))],
  ["a removal in our zone", add("vnet", "vnet104", { zone: "evpnz1" }, "deleted")],
  ["a subnet's removal in our zone", add("subnet", "evpnz1-10.9.0.0-24", { vnet: "x" }, "deleted")],
])("our own interrupted update is not foreign: %s is pending", (_what, damage) => {
  expect(findings(damage)).toEqual([]);
});

it("what the stack planned before is its own, and others' changes may be included", () => {
  const cluster = soundCluster();
  add("vnet", "vnet104", { zone: "evpnz1", tag: 10104 }, "new")(cluster);
  const nodes = soundNodes();
  const known = new Set(["vnet vnet104"]);
  expect(judge({ ...wanted(), known }, { nodes, cluster }, [])).toEqual([]);
  const include = { apply: { foreignPending: "include" as const } };
  expect(judge(wanted(include), { nodes, cluster }, []).map(({ severity }) => severity)).toEqual([
    "warning",
  ]);
});

it("a zone that no node carries our block for is told, unless the stack made it", () => {
  const nodes = soundNodes();
  for (const seen of nodes.values()) {
    delete seen.frrConfLocal;
    seen.frrConf = "";
  }
  const of = (fresh?: boolean) =>
    judge({ ...wanted(), fresh }, { nodes, cluster: soundCluster() }, []).map(
      ({ node, check, severity }) => `${node} ${check} ${severity}`,
    );
  expect(of()).toEqual(["cluster sdn-ids warning"]);
  expect(of(true)).toEqual(["cluster sdn-ids warning"]);
  expect(of(false)).toEqual([]);
});

it("a VNet of our own zone under an old name is none of the preflight's", () => {
  expect(findings(add("vnet", "old", { zone: "evpnz1", tag: 10102 }))).toEqual([]);
});

it("a dead node is one finding, and the rest is looked at all the same", () => {
  const dead = finding("pve03", "ssh", "no SSH connection");
  const found = findings(
    (c) => {
      c.members[2] = member("pve03", false);
      c.members.push(member("pve04"));
    },
    {},
    [dead],
  );
  expect(found.map(({ line }) => line)).toEqual(["pve03 ssh error", "pve04 members warning"]);
});

it("a retired node may be dead, and is told when it is not", () => {
  const { nodes } = labConfig();
  const retired = nodes.map((node) => ({ ...node, retired: node.name === "pve03" }));
  expect(findings((c) => (c.members[2] = member("pve03", false)), { nodes: retired })).toEqual([]);
  expect(findings(() => undefined, { nodes: retired })).toEqual([
    {
      line: "pve03 members warning",
      what: "pve03 is marked retired and is online",
      where: "nodes",
    },
  ]);
});

import { judge } from "../../../../verify/preflight/judge";
import {
  sdnObject,
  soundCluster,
  soundNodes,
  wanted,
} from "../../../fixtures/preflight-observations";
import { labConfig } from "../../../fixtures/stack-config";

/** Findings for a plan without IPv6 subnets in a cluster that has one of ours. */
function findings(version: string, localRouting = true, state?: string, zone = "evpnz1") {
  const cluster = soundCluster();
  cluster.sdn.push(sdnObject("subnet", `${zone}-fd00:101::-64`, { vnet: "vnet100" }, state));
  cluster.sdn.push(sdnObject("subnet", "evpnz1-10.109.0.0-24", { vnet: "vnet100" }));
  const nodes = soundNodes();
  for (const seen of nodes.values()) seen.pve = { version };
  const lab = labConfig();
  const vnets = (lab.vnets ?? []).map((vnet) => ({
    ...vnet,
    subnets: (vnet.subnets ?? []).filter(({ cidr }) => !cidr.includes(":")),
  }));
  const config = { zone: { ...lab.zone, exitNodesLocalRouting: localRouting }, vnets };
  return judge(wanted(config), { nodes, cluster }, [])
    .filter(({ check }) => check === "block")
    .map(({ what }) => what);
}

it("on 8.4 local routing waits until IPv6 subnets are gone, which an update removes last", () => {
  expect(findings("8.4.1")).toEqual([
    expect.stringContaining("the IPv6 subnets evpnz1-fd00:101::-64 do not go together"),
  ]);
});

it("9.1, no local routing, a removal that the apply carries out, another zone: none of it", () => {
  expect(findings("9.1.1")).toEqual([]);
  expect(findings("8.4.1", false)).toEqual([]);
  expect(findings("8.4.1", true, "deleted")).toEqual([]);
  expect(findings("8.4.1", true, undefined, "z9")).toEqual([]);
});

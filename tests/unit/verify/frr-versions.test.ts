import * as fs from "node:fs";
import * as path from "node:path";
import { parseConfig } from "../../../config/parse";
import type { FabricConfigInput } from "../../../config/schema";
import { buildPlan } from "../../../plan/plan";
import { intentOf } from "../../../verify/intent";
import { readAnswer } from "../../../verify/observe";
import { judge } from "../../../verify/verify";
import { identity, labConfig } from "../../fixtures/stack-config";

/**
 * What two nodes with FRR 8.4.4 (Debian 12) answered to the look's script. They were network namespaces
 * on a kernel without VRF devices, so zebra ran with `-n`: the VRF is a namespace too, in which the VXLAN
 * devices are. FRR tells of them as ever; the kernel's own parts, which do not show them, prove nothing.
 * pve01 is the exit; on each VNet a guest of each node has pinged the gateway and the other one.
 */
const look = (file: string) =>
  readAnswer(
    file,
    fs.readFileSync(
      path.join(__dirname, "../../fixtures/observations-frr-8.4", `${file}.txt`),
      "utf8",
    ),
  );

const pve01 = look("pve01");
const pve02 = look("pve02");

/** The lab's config as far as the two nodes have it. */
function config(): FabricConfigInput {
  const lab = labConfig();
  return {
    ...lab,
    nodes: lab.nodes
      .slice(0, 2)
      .map((node) => ({ ...node, meshInterfaces: node.meshInterfaces?.slice(0, 1) })),
    controller: { ...lab.controller, peers: ["10.255.0.1", "10.255.0.2"] },
    zone: { ...lab.zone, exitNodes: ["pve01"] },
    vnets: lab.vnets?.slice(0, 2),
  };
}

it("the recordings are of FRR 8.4", () => {
  expect(pve01.runningConfig).toContain("\nfrr version 8.4.4\n");
  expect(pve02.runningConfig).toContain("\nfrr version 8.4.4\n");
});

it("sessions by family, and BFD on the mesh and between the VTEPs", () => {
  const { ipv4Unicast, ipv6Unicast, l2VpnEvpn } = pve01.summaries;
  const established = { state: "Established", hostname: "pve02" };
  expect(ipv4Unicast?.peers).toMatchObject({ enp1s0f0np0: established });
  expect(ipv6Unicast?.peers).toMatchObject({ enp1s0f0np0: established });
  expect(l2VpnEvpn?.peers).toMatchObject({ "10.255.0.2": established });
  expect(pve01.bfd).toMatchObject([
    { peer: "10.255.0.2", status: "up", diagnostic: "ok" },
    { interface: "enp1s0f0np0", status: "up", diagnostic: "ok" },
  ]);
});

it("VNIs with the VRF, which 8.4 calls otherwise, and the tunnel source", () => {
  const vnet = { type: "L2", tenantVrf: "vrf_evpnz1", vtepIp: "10.255.0.1" };
  expect(pve01.vnis).toMatchObject([
    { ...vnet, vni: 10100 },
    { ...vnet, vni: 10101 },
    {
      ...{ vni: 4096, type: "L3", tenantVrf: "vrf_evpnz1", localVtepIp: "10.255.0.1" },
      ...{ state: "Up", routerMac: "d2:1e:69:24:9a:31" },
    },
  ]);
});

it("route targets of each VNI", () => {
  const targets = pve01.bgpVnis.map(({ vni, importRTs, exportRTs }) => [vni, importRTs, exportRTs]);
  expect(targets.sort()).toEqual([
    [10100, ["60904:10100"], ["60904:10100"]],
    [10101, ["60904:10101"], ["60904:10101"]],
    [4096, ["60904:4096", "65000:1"], ["60904:4096"]],
  ]);
});

it("EVPN routes: own ones, and those of the other node with who sent them", () => {
  const type3 = pve02.routes.filter(({ prefix }) => prefix.startsWith("[3]"));
  const theirs = { prefix: "[3]:[0]:[32]:[10.255.0.1]", nextHops: ["10.255.0.1"] };
  const own = { prefix: "[3]:[0]:[32]:[10.255.0.2]", nextHops: ["10.255.0.2"] };
  expect(type3).toEqual([
    { ...theirs, communities: "RT:60904:10100 ET:8", from: "10.255.0.1" },
    { ...theirs, communities: "RT:60904:10101 ET:8", from: "10.255.0.1" },
    { ...own, communities: "ET:8 RT:60904:10100" },
    { ...own, communities: "ET:8 RT:60904:10101" },
  ]);
  expect(pve02.routes).toContainEqual({
    prefix: "[2]:[0]:[48]:[02:00:00:00:01:01]:[32]:[10.101.0.11]",
    communities: "RT:60904:4096 RT:60904:10101 ET:8 Rmac:d2:1e:69:24:9a:31",
    nextHops: ["10.255.0.1"],
    from: "10.255.0.1",
  });
});

it("MAC addresses, a guest's own and the other node's", () => {
  expect(pve02.macs).toMatchObject({
    "10100": {
      macs: {
        "02:00:00:00:01:00": { type: "remote", remoteVtep: "10.255.0.1", isDuplicate: false },
        "02:00:00:00:02:00": { type: "local", intf: "tap100i0", isDuplicate: false },
      },
    },
    "10101": {
      macs: {
        "02:00:00:00:01:01": { type: "remote", remoteVtep: "10.255.0.1" },
        "02:00:00:00:02:01": { type: "local", intf: "tap101i0" },
      },
    },
  });
});

it("the VRF's default routes, whose IPv6 next hop 8.4 writes without dots", () => {
  const byExit = {
    ...{ protocol: "bgp", selected: true, installed: true },
    nexthops: [{ ip: "10.255.0.1", interfaceName: "vrfbr_evpnz1" }],
  };
  expect(pve02.vrfRoutes["0.0.0.0/0"]).toMatchObject([byExit]);
  expect(pve02.vrfRoutes["::/0"]).toMatchObject([byExit]);
});

it("every check of what FRR says passes", () => {
  const OF_FRR = [
    ...["daemon", "underlay", "neighbor", "l3vni", "vtep", "route-target"],
    ...["type-3", "next-hop", "default", "vrf-route", "type-2", "mac"],
  ];
  const intent = intentOf(buildPlan(parseConfig(config()), identity));
  const nodes = new Map([
    ["pve01", pve01],
    ["pve02", pve02],
  ]);
  const rows = judge(intent, { nodes }).filter(({ check }) => OF_FRR.includes(check));
  expect(new Set(rows.map(({ check }) => check))).toEqual(new Set(OF_FRR));
  expect(rows.filter(({ status }) => status !== "pass")).toEqual([]);
});

it("where bgpd is stopped 8.4 says nothing about VNIs, and what follows is read all the same", () => {
  const stopped = look("pve02-bgpd-stopped");
  expect(stopped).toMatchObject({ daemons: ["zebra", "bfdd"], vnis: [], macs: {}, bfd: [] });
  expect(Object.keys(stopped.vrfRoutes)).toEqual(
    expect.arrayContaining(["10.100.0.0/24", "10.101.0.0/24", "fd00:100::/64", "fd00:101::/64"]),
  );
});

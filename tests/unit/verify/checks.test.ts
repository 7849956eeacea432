import * as fs from "node:fs";
import * as path from "node:path";
import { parseConfig } from "../../../config/parse";
import { buildPlan } from "../../../plan/plan";
import { checkFdb } from "../../../verify/checks/fdb";
import { checkGateway } from "../../../verify/checks/gateway";
import { checkNeighbor } from "../../../verify/checks/neighbor";
import { checkVxlan } from "../../../verify/checks/vxlan";
import { expectationsOf, NodeExpectation } from "../../../verify/expect";
import type { Observation } from "../../../verify/observe";
import { identity, labConfig } from "../../fixtures/stack-config";

/** Recorded on a node of the lab whose guests ping each other. */
const RECORDED = fs.readFileSync(
  path.join(__dirname, "../../fixtures/observations/pve01.json"),
  "utf8",
);
const recorded = () => JSON.parse(RECORDED) as Observation;

const [pve01] = expectationsOf(buildPlan(parseConfig(labConfig()), identity)) as [NodeExpectation];

const rowsOf = (observed: Observation) =>
  [checkVxlan, checkGateway, checkNeighbor, checkFdb].flatMap((check) => check(pve01, observed));

const failures = (observed: Observation) =>
  rowsOf(observed)
    .filter(({ status }) => status === "fail")
    .map(({ check, subject }) => `${check} ${subject}`);

function linkOf(observed: Observation, device: string) {
  const link = observed.links.find(({ ifname }) => ifname === device);
  if (!link) throw new Error(`${device} is not in the recorded observation`);
  return link;
}

it("expects of a node what the seed's verification lists", () => {
  expect(pve01.vxlans.map(({ device, vni }) => [device, vni])).toEqual([
    ["vxlan_vnet100", 10100],
    ["vxlan_vnet101", 10101],
    ["vxlan_vnet102", 10102],
    ["vxlan_vnet103", 10103],
    ["vrfvx_evpnz1", 4096],
  ]);
  expect(pve01.neighbors).toEqual(["10.255.0.2", "10.255.0.3"]);
  expect(pve01.gateways).toHaveLength(8);
});

it("passes on a sound node", () => {
  expect(failures(recorded())).toEqual([]);
  expect(rowsOf(recorded())).toHaveLength(5 + 8 + 2 + 8);
});

describe("a broken node fails exactly where it is broken", () => {
  it.each<[string, (observed: Observation) => void, string]>([
    [
      "a device is gone",
      (o) => (o.links = o.links.filter(({ ifname }) => ifname !== "vxlan_vnet101")),
      "vxlan vxlan_vnet101",
    ],
    [
      "a device is down",
      (o) => (linkOf(o, "vxlan_vnet101").flags = ["BROADCAST"]),
      "vxlan vxlan_vnet101",
    ],
    ["an MTU is wrong", (o) => (linkOf(o, "vrfvx_evpnz1").mtu = 1400), "vxlan vrfvx_evpnz1"],
    [
      "the tunnel source is another address",
      (o) =>
        (linkOf(o, "vxlan_vnet100").linkinfo = { info_data: { id: 10100, local: "10.0.10.1" } }),
      "vxlan vxlan_vnet100",
    ],
    [
      "a device is out of its bridge",
      (o) => (linkOf(o, "vxlan_vnet102").master = undefined),
      "vxlan vxlan_vnet102",
    ],
    [
      "a gateway address is gone",
      (o) => {
        const bridge = o.addresses.find(({ ifname }) => ifname === "vnet103");
        if (bridge)
          bridge.addr_info = bridge.addr_info.filter(({ local }) => local !== "fd00:103::1");
      },
      "gateway vnet103 fd00:103::1",
    ],
    ["a session is down", (o) => (o.neighbors["10.255.0.3"] = "Active"), "neighbor 10.255.0.3"],
    ["a session is missing", (o) => delete o.neighbors["10.255.0.2"], "neighbor 10.255.0.2"],
    [
      "there is a session too many",
      (o) => (o.neighbors["enp1s0f0np0"] = "Established"),
      "neighbor enp1s0f0np0",
    ],
    [
      "a remote VTEP is not in the forwarding table",
      (o) =>
        (o.fdb = o.fdb.filter(
          ({ ifname, dst }) => !(ifname === "vxlan_vnet101" && dst === "10.255.0.3"),
        )),
      "fdb vxlan_vnet101 to 10.255.0.3",
    ],
  ])("%s", (_what, damage, expected) => {
    const observed = recorded();
    damage(observed);
    expect(failures(observed)).toEqual([expected]);
  });
});

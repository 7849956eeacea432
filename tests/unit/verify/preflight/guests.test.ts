import type { GuestOnVnet } from "../../../../providers/guests";
import { judge } from "../../../../verify/preflight/judge";
import {
  sdnObject,
  soundCluster,
  soundNodes,
  wanted,
} from "../../../fixtures/preflight-observations";
import { labConfig } from "../../../fixtures/stack-config";

const guest = (name: string, node: string, vnet = "vnet100"): GuestOnVnet => ({
  name,
  vmid: 101,
  kind: "VM",
  node,
  vnets: ["vmbr0", vnet],
});

/** Findings when the zone is planned on pve01 and pve03, and in the cluster on `zoneNodes` (all of them). */
function findings(guests: GuestOnVnet[], zoneNodes?: string, force = false) {
  const cluster = soundCluster();
  cluster.guestsOutside = guests;
  const options = { type: "evpn", "vrf-vxlan": 4096, ...(zoneNodes ? { nodes: zoneNodes } : {}) };
  cluster.sdn[1] = sdnObject("zone", "evpnz1", options);
  const { zone } = labConfig();
  const members = ["pve01", "pve03"];
  const config = {
    zone: { ...zone, nodes: members, exitNodes: members },
    destroy: { force },
  };
  return judge(wanted(config), { nodes: soundNodes(), cluster }, []).map(
    ({ node, severity, what, where }) => ({ at: `${node} ${severity}`, what, where }),
  );
}

const ALL = "pve01,pve02,pve03";

it("guests on a node that the zone leaves are one finding of that node, with the zone's VNets alone", () => {
  expect(findings([guest("web", "pve02"), guest("db", "pve02")], ALL)).toEqual([
    {
      at: "pve02 error",
      what: "zone evpnz1 leaves pve02, and guests run there: web (VM 101 on vnet100); db (VM 101 on vnet100)",
      where: "zone.nodes",
    },
  ]);
});

it("a zone that names no nodes is on all of them", () => {
  expect(findings([guest("web", "pve02")]).map(({ at }) => at)).toEqual(["pve02 error"]);
});

it("destroy.force lets it leave", () => {
  expect(findings([guest("web", "pve02")], ALL, true).map(({ at }) => at)).toEqual([
    "pve02 warning",
  ]);
});

it("a guest of another zone, and a node that the zone left before, are none of it", () => {
  expect(findings([guest("other", "pve02", "v9")], ALL)).toEqual([]);
  expect(findings([guest("late", "pve02")], "pve01,pve03")).toEqual([]);
});

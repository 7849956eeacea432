import { parseConfig } from "../../../config/parse";
import { FabricConfigInput } from "../../../config/schema";
import { ConfigError } from "../../../config/violation";
import { buildPlan } from "../../../plan/plan";
import { identity, labConfig, stackConfig } from "../../fixtures/stack-config";

const planOf = (config: FabricConfigInput) => buildPlan(parseConfig(config), identity);

function violations(config: FabricConfigInput): string[] {
  try {
    planOf(config);
  } catch (error) {
    if (error instanceof ConfigError) return error.violations.map(({ path }) => path);
    throw error;
  }
  return [];
}

describe("the lab's plan", () => {
  const plan = planOf(labConfig());

  it("holds the seed's VNets, VRF and exit nodes", () => {
    expect(plan.vnets.map(({ id, vni }) => [id, vni])).toEqual([
      ["vnet100", 10100],
      ["vnet101", 10101],
      ["vnet102", 10102],
      ["vnet103", 10103],
    ]);
    expect(plan.zone).toMatchObject({ id: "evpnz1", vrfVni: 4096, mtu: 1450, rtImport: "65000:1" });
    expect(plan.zone.exitNodes).toEqual(["pve01", "pve02", "pve03"]);
    expect(plan.controller).toEqual({
      id: "frr",
      asn: 4200001000,
      peers: ["10.255.0.1", "10.255.0.2", "10.255.0.3"],
    });
  });

  it("gives each node the loopback among the peers as VTEP", () => {
    expect(plan.nodes.map(({ vtep }) => vtep)).toEqual(plan.controller.peers);
  });

  it("offers the contract that VM programs read", () => {
    expect(plan.contract.networks.vnet101).toEqual({
      bridge: "vnet101",
      zone: "evpnz1",
      vni: 10101,
      vlanTag: null,
      mtu: 1450,
      nodes: ["pve01", "pve02", "pve03"],
      subnets: [
        { cidr: "fd00:101::/64", family: "ipv6", gateway: "fd00:101::1", snat: true },
        { cidr: "10.101.0.0/24", family: "ipv4", gateway: "10.101.0.1", snat: true },
      ],
    });
  });

  it("is frozen", () => {
    expect(() => plan.vnets.pop()).toThrow(TypeError);
  });

  it("has a hash that follows the fabric, not the way to its nodes", () => {
    const moved = labConfig();
    moved.nodes = moved.nodes.map((node) => ({
      ...node,
      port: 2222,
      address: `${node.name}.example`,
    }));
    expect(planOf(moved).hash).toBe(plan.hash);
    const renumbered = labConfig();
    renumbered.zone = { ...renumbered.zone, vrfVni: 4097 };
    expect(planOf(renumbered).hash).not.toBe(plan.hash);
  });
});

it("plans the seed's own cluster", () => {
  const plan = planOf(stackConfig("prod"));
  expect(plan.controller.peers).toEqual(["fd00:255::1", "fd00:255::2", "fd00:255::3"]);
  expect(plan.nodes.map(({ vtep }) => vtep)).toEqual(plan.controller.peers);
  // Its frr.conf is the operator's: nothing goes into frr.conf.local.
  expect(plan.blocks).toEqual({});
  expect(plan.operatorBlocks.pve01?.text).toContain("advertise-svi-ip");
});

it("takes every node's IPv4 loopback as peer when none are given", () => {
  expect(planOf(labConfig({ controller: {} })).controller.peers).toEqual([
    "10.255.0.1",
    "10.255.0.2",
    "10.255.0.3",
  ]);
});

describe("rules between fields", () => {
  const node = (index: number, changes: object) => {
    const { nodes } = labConfig();
    return nodes.map((each, i) => (i === index ? { ...each, ...changes } : each));
  };
  const vnet = (changes: object) => {
    const { vnets = [] } = labConfig();
    return vnets.map((each, i) => (i === 1 ? { ...each, ...changes } : each));
  };
  const zone = (changes: object) => ({ ...labConfig().zone, ...changes });
  const subnet = (cidr: string, gateway: string) => ({
    vnets: vnet({ subnets: [{ cidr, gateway }] }),
  });

  it.each<[string, Partial<FabricConfigInput>, string]>([
    ["two nodes of one name", { nodes: node(1, { name: "pve01" }) }, "nodes[1].name"],
    [
      "a loopback twice",
      { nodes: node(1, { loopback: { ipv4: "10.255.0.1" } }) },
      "nodes[1].loopback.ipv4",
    ],
    [
      "a router id that PVE derives",
      { nodes: node(0, { routerId: "10.0.10.1" }) },
      "nodes[0].routerId",
    ],
    [
      "a mesh interface twice",
      { nodes: node(0, { meshInterfaces: ["eth0", "eth0"] }) },
      "nodes[0].meshInterfaces[1]",
    ],
    [
      "a node without a peer",
      { controller: { peers: ["10.255.0.1", "10.255.0.2"] } },
      "nodes[2].loopback",
    ],
    [
      "a node with two peers",
      { controller: { peers: ["10.255.0.1", "10.255.0.2", "10.255.0.3", "fd00:255::3"] } },
      "nodes[2].loopback",
    ],
    [
      "a peer that is no node",
      { controller: { peers: ["10.255.0.1", "10.255.0.2", "10.255.0.3", "10.9.9.9"] } },
      "controller.peers[3]",
    ],
    ["an unknown exit node", { zone: zone({ exitNodes: ["pve09"] }) }, "zone.exitNodes[0]"],
    [
      "a primary that is no exit",
      { zone: zone({ exitNodes: ["pve01"], primaryExitNode: "pve02" }) },
      "zone.primaryExitNode",
    ],
    ["an MTU that does not fit", { fabric: { asn: 65000, underlayMtu: 1499 } }, "zone.mtu"],
    [
      "an unknown entry node",
      { cluster: { ...labConfig().cluster, entryNode: "pve09" } },
      "cluster.entryNode",
    ],
    ["a VNet id twice", { vnets: vnet({ id: "vnet100", key: "other" }) }, "vnets[1].id"],
    ["a VNet key twice", { vnets: vnet({ key: "vnet100" }) }, "vnets[1].key"],
    ["a VNI twice", { vnets: vnet({ vni: 10100 }) }, "vnets[1].vni"],
    ["the VRF's VNI on a VNet", { vnets: vnet({ vni: 4096 }) }, "vnets[1].vni"],
    ["host bits in a network", subnet("fd00:101::5/64", "fd00:101::1"), "vnets[1].subnets[0].cidr"],
    [
      "a network in another spelling",
      subnet("fd00:0101::/64", "fd00:101::1"),
      "vnets[1].subnets[0].cidr",
    ],
    ["a gateway outside", subnet("fd00:101::/64", "fd00:102::1"), "vnets[1].subnets[0].gateway"],
    [
      "a network address as gateway",
      subnet("10.101.0.0/24", "10.101.0.0"),
      "vnets[1].subnets[0].gateway",
    ],
    ["overlapping networks", subnet("fd00:100::/48", "fd00:100::1"), "vnets[1].subnets[0].cidr"],
  ])("refuses %s", (_what, changes, path) => {
    expect(violations(labConfig(changes))).toContain(path);
  });

  it("reports everything at once, each with its value and a way out", () => {
    const config = labConfig({
      vnets: vnet({ vni: 4096, id: "vnet100" }),
      zone: zone({ exitNodes: ["pve09"] }),
    });
    const error = (() => {
      try {
        planOf(config);
      } catch (thrown) {
        return thrown as ConfigError;
      }
    })();
    expect(error?.violations.length).toBeGreaterThanOrEqual(3);
    expect(error?.message).toContain('zone.exitNodes[0] = "pve09"');
    expect(error?.message).toContain("Use one of pve01, pve02, pve03.");
  });
});

import { parse } from "yaml";
import { conversionText } from "../../../cli/commands/convert-owner";
import { parseConfig } from "../../../config/parse";
import type { FabricConfigInput } from "../../../config/schema";
import { convertOwner } from "../../../plan/convert-owner";
import { buildPlan } from "../../../plan/plan";
import { identity, labConfig, stackConfig } from "../../fixtures/stack-config";

/** The stack's config with the printed settings pasted in, as a person would do it. */
function pasted(base: FabricConfigInput, settings: string): FabricConfigInput {
  const printed = parse(settings) as Record<string, never>;
  const values = Object.fromEntries(
    Object.entries(printed).map(([key, value]) => [key.replace("proxmox-evpn:", ""), value]),
  ) as Partial<FabricConfigInput>;
  const { nodes: changed = [], ...rest } = values;
  const nodes = base.nodes.map((node) => {
    const { routerId: _old, ...kept } = node;
    return { ...kept, ...changed.find(({ name }) => name === node.name) };
  });
  return { ...base, ...rest, nodes };
}

it("takes the seed's cluster to owner proxmox: the settings, pasted in, give the printed blocks", () => {
  const seed = stackConfig("prod");
  const conversion = convertOwner(parseConfig(seed), identity, "proxmox");
  const plan = buildPlan(parseConfig(pasted(seed, conversion.settings)), identity);
  expect(plan.frrOwner).toBe("proxmox");
  expect(plan.controller.peers).toEqual(["10.255.0.1", "10.255.0.2", "10.255.0.3"]);
  expect(plan.blocks).toEqual(conversion.blocks);
  expect(plan.blocks.pve02).toContain("neighbor VTEP update-source 10.255.0.2");
});

it("takes the lab's cluster to owner operator, with the router ids that it had", () => {
  const lab = labConfig();
  const conversion = convertOwner(parseConfig(lab), identity, "operator");
  const plan = buildPlan(parseConfig(pasted(lab, conversion.settings)), identity);
  expect(plan.blocks).toEqual({});
  expect(plan.operatorBlocks.pve03?.text).toBe(conversion.blocks.pve03);
  expect(conversion.blocks.pve03).toContain("bgp router-id 10.255.0.3");
});

it("keeps IPv4 loopbacks that are there and proposes others beside them", () => {
  const seed = stackConfig("prod");
  const nodes = seed.nodes.map((node, index) =>
    index === 1 ? { ...node, loopback: { ...node.loopback, ipv4: "10.255.0.1" } } : node,
  );
  const { settings } = convertOwner(parseConfig({ ...seed, nodes }), identity, "proxmox");
  expect(pasted({ ...seed, nodes }, settings).controller?.peers).toEqual([
    "10.255.0.2",
    "10.255.0.1",
    "10.255.0.3",
  ]);
});

it("says what is missing when a node has no IPv6 loopback for owner operator", () => {
  const lab = labConfig();
  const nodes = lab.nodes.map((node, index) =>
    index === 2 ? { ...node, loopback: { ipv4: "10.255.0.3" } } : node,
  );
  expect(() => convertOwner(parseConfig({ ...lab, nodes }), identity, "operator")).toThrow(
    /nodes\[2\]\.loopback/,
  );
});

it("prints steps, settings and every node's block", () => {
  const text = conversionText(convertOwner(parseConfig(stackConfig("prod")), identity, "proxmox"));
  expect(text).toMatch(/^1\. Give each node the IPv4 loopback/m);
  expect(text).toContain('proxmox-evpn:frr: {"owner":"proxmox","evpnSessions":"vtep"');
  for (const node of ["pve01", "pve02", "pve03"])
    expect(text).toMatch(new RegExp(`^${node}:`, "m"));
});

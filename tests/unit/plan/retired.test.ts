import { parseConfig } from "../../../config/parse";
import { missingForUpdate } from "../../../config/ready";
import { buildPlan } from "../../../plan/plan";
import { identity, labConfig } from "../../fixtures/stack-config";

const retiredFirst = (peers?: string[]) => {
  const { nodes } = labConfig();
  const marked = nodes.map((node, index) => ({ ...node, retired: index === 0 }));
  return parseConfig(labConfig({ nodes: marked, controller: { peers } }));
};
const planOf = (peers?: string[]) => buildPlan(retiredFirst(peers), identity);

it.each<[string, string[] | undefined]>([
  ["while its address is still among the peers", ["10.255.0.1", "10.255.0.2", "10.255.0.3"]],
  ["when its address was taken out of the peers", ["10.255.0.2", "10.255.0.3"]],
  ["when no peers are given", undefined],
])("a retired node leaves nothing of itself in the plan, %s", (_when, peers) => {
  const { retired, ...plan } = planOf(peers);
  expect(retired).toEqual(["pve01"]);
  expect(plan.entryNode).toBe("pve02");
  expect(plan.controller.peers).toEqual(["10.255.0.2", "10.255.0.3"]);
  expect(plan.zone.exitNodes).toEqual(["pve02", "pve03"]);
  expect(JSON.stringify(plan)).not.toMatch(/pve01|10\.255\.0\.1\b|fd00:255::1\b/);
});

it("plans the others as if the node had never been there", () => {
  const { nodes, zone } = labConfig();
  const without = labConfig({
    nodes: nodes.slice(1),
    zone: { ...zone, exitNodes: ["pve02", "pve03"] },
    controller: {},
  });
  const { retired: _retired, hash: _hash, ...plan } = planOf();
  const { retired: _none, hash: _other, ...expected } = buildPlan(parseConfig(without), identity);
  expect(plan).toEqual({ ...expected, controller: { ...expected.controller, id: "frr" } });
});

it("asks for no host key of a retired node", () => {
  const secrets = { apiToken: true, sshPrivateKey: true, sshAgent: false };
  const missing = missingForUpdate(retiredFirst(), secrets, {}).map(({ path }) => path);
  expect(missing.filter((path) => path.startsWith("nodes"))).toEqual([
    "nodes[1].hostKey",
    "nodes[2].hostKey",
  ]);
});

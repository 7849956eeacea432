import { parseConfig } from "../../../config/parse";
import { FabricConfigInput } from "../../../config/schema";
import { ConfigError } from "../../../config/violation";
import { generateNodeFiles } from "../../../pve-model/generate";
import { PVE_VERSIONS, PveVersion } from "../../../pve-model/types";
import { buildPlan, versionedFindings } from "../../../plan/plan";
import { pveInput } from "../../../plan/pve-input";
import { versionViolations } from "../../../plan/version-rules";
import { labPlan } from "../../fixtures/block";
import { identity, labConfig } from "../../fixtures/stack-config";

const { cluster, zone, nodes, vnets = [], frr } = labConfig();
const local = { zone: { ...zone, exitNodesLocalRouting: true } };
const ask = (pveVersion?: PveVersion): Partial<FabricConfigInput> => ({
  ...local,
  cluster: { ...cluster, pveVersion },
});
const PATH = "zone.exitNodesLocalRouting";

function refused(changes: Partial<FabricConfigInput>): string[] {
  try {
    labPlan(changes);
    return [];
  } catch (error) {
    return (error as ConfigError).violations.map(({ path }) => path);
  }
}

const warned = (changes: Partial<FabricConfigInput>) => {
  const config = parseConfig(labConfig(changes));
  return versionedFindings(config, buildPlan(config, identity)).warnings;
};

it("a problem of one version is a warning that names it as long as the version is not known", () => {
  expect(refused(ask())).toEqual([]);
  const [warning, ...rest] = warned(ask());
  expect(rest).toEqual([]);
  expect(warning).toMatchObject({ path: PATH, value: true });
  expect(warning?.reason).toMatch(/Proxmox VE 8\.4 .*fd00:100::\/64/);
});

it("it is an error of that version, and nothing on the others", () => {
  expect(refused(ask("8.4"))).toEqual([PATH]);
  for (const version of ["9.1", "9.2-pre"] as const) {
    expect(refused(ask(version))).toEqual([]);
    expect(warned(ask(version))).toEqual([]);
  }
});

it.each([
  [
    "only IPv4 subnets",
    { ...ask("8.4"), vnets: vnets.map((vnet) => ({ ...vnet, subnets: vnet.subnets?.slice(1) })) },
  ],
  ["no exit nodes", { ...ask("8.4"), zone: { ...local.zone, exitNodes: [] } }],
  ["no local routing", { cluster: { ...cluster, pveVersion: "8.4" as const } }],
  [
    "an operator's own frr.conf",
    {
      ...ask("8.4"),
      nodes: nodes.map((node) => ({ ...node, routerId: node.loopback.ipv4 })),
      frr: { ...frr, owner: "operator" as const, evpnSessions: "mesh" as const },
    },
  ],
])("%s: nothing to say", (_what, changes) => {
  expect(refused(changes)).toEqual([]);
});

it("the rule says what Proxmox VE really writes", () => {
  const plan = labPlan(local);
  const [node] = plan.nodes;
  if (!node) throw new Error("no node");
  for (const version of PVE_VERSIONS) {
    const { frrConf } = generateNodeFiles(version, pveInput(plan, node));
    const wrong = /^ip route \S*:/m.test(frrConf ?? "");
    expect([version, versionViolations(version, plan).length > 0]).toEqual([version, wrong]);
  }
});

it("the version is no part of what the fabric is", () => {
  const hashes = [undefined, "9.1" as const].map(
    (pveVersion) => labPlan({ cluster: { ...cluster, pveVersion } }).hash,
  );
  expect(new Set(hashes).size).toBe(1);
});

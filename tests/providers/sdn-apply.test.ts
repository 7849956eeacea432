import * as fs from "node:fs";
import * as path from "node:path";
import { SdnObject } from "../../plan/sdn-objects";
import { ApplyInputs, ApplyOutputs, provider } from "../../providers/sdn-apply-provider";
import { applyInputs, failureOf } from "../fixtures/apply-inputs";
import { configOf, pveCluster, TestCluster } from "../fixtures/pve-cluster";
import {
  applyAll,
  controllerOptions,
  makeController,
  makeVnet,
  makeZone,
  remove,
} from "../fixtures/sdn-requests";

let cluster: TestCluster;
let inputs: ApplyInputs;
let said: string[];
const fresh = (of: ApplyInputs): ApplyOutputs => ({
  ...of,
  upid: "",
  pending: [],
  differs: [],
  failure: "",
});

const controller: SdnObject = {
  kind: "controller",
  id: "frr",
  options: { asn: String(controllerOptions.asn), peers: controllerOptions.peers },
};
const zone: SdnObject = {
  kind: "zone",
  id: "evpnz1",
  options: { controller: "frr", "vrf-vxlan": "4096", mtu: "1450" },
};
const vnet100: SdnObject = {
  kind: "vnet",
  id: "vnet100",
  options: { zone: "evpnz1", tag: "10100", alias: "" },
};

beforeEach(async () => {
  cluster = await pveCluster();
  await provider.configure(configOf(cluster.server));
  inputs = applyInputs(cluster, [controller]);
  said = [];
  jest.spyOn(console, "log").mockImplementation((line: string) => void said.push(line));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await cluster.close();
});

it("applies once and gives the task that it followed", async () => {
  await makeController(cluster);
  const { outs } = await provider.create(inputs);
  expect(outs.upid).toMatch(/^UPID:pve01:.*:reloadnetworkall:/);
  expect(cluster.applies()).toBe(1);
});

it("does not apply an update when nothing is pending, no block changed and no node differs", async () => {
  await makeController(cluster);
  const { outs } = await provider.create(inputs);
  const update = { ...inputs, timeoutSeconds: 60 };
  expect((await provider.update("apply", outs, update)).outs.upid).toBe(outs.upid);
  expect(cluster.applies()).toBe(1);
});

it("applies when only a block changed: PVE merges it at an apply alone", async () => {
  await provider.update("apply", fresh(inputs), { ...inputs, blocks: "b2" });
  expect(cluster.applies()).toBe(1);
});

it("applies when a node runs an older config than the applied one: it missed the last apply", async () => {
  await makeController(cluster);
  await makeZone(cluster);
  await makeVnet(cluster, "vnet100", 10100);
  await applyAll(cluster);
  const file = path.join(cluster.nodes[1]?.root as string, "etc/network/interfaces.d/sdn");
  fs.writeFileSync(file, fs.readFileSync(file, "utf8").replace("#version:1", "#version:0"));
  const { props } = await provider.read("apply", fresh(inputs));
  expect(props?.differs).toEqual([
    "pve02: zone evpnz1: its network config is older than the applied one",
  ]);
  await provider.update("apply", fresh(inputs), { ...inputs, timeoutSeconds: 60 });
  expect(cluster.applies()).toBe(2);
  expect((await provider.read("apply", fresh(inputs))).props?.differs).toEqual([]);
});

it("finds a VXLAN device that was taken away on a node, and brings it back", async () => {
  await makeController(cluster);
  await makeZone(cluster);
  await makeVnet(cluster, "vnet100", 10100);
  const devices = ["vrf_evpnz1", "vnet100", "vxlan_vnet100"];
  const nodes = inputs.nodes.map((node) => ({ ...node, devices }));
  const withVnet = { ...inputs, nodes, objects: [controller, zone, vnet100] };
  const { outs } = await provider.create(withVnet);
  expect((await provider.read("apply", outs)).props).toEqual(outs);
  const device = path.join(cluster.nodes[2]?.root as string, "sys/class/net/vxlan_vnet100");
  fs.rmSync(device, { recursive: true });
  const { props } = await provider.read("apply", outs);
  expect(props?.differs).toEqual(["pve03: vxlan_vnet100 is missing"]);
  expect((await provider.diff("apply", props as ApplyOutputs, withVnet)).changes).toBe(true);
  await provider.update("apply", props as ApplyOutputs, withVnet);
  expect(fs.existsSync(device)).toBe(true);
  expect(cluster.applies()).toBe(2);
});

it("accepts a reload that ends in exactly the text that is expected, and no other", async () => {
  await makeController(cluster);
  cluster.faults({ frrFails: ["pve02"] });
  const text = "unable to write '/etc/frr/frr.conf' - No space left on device";
  const other = await failureOf(
    provider.create({ ...inputs, accepted: ["unable to write '/etc/frr/frr.conf'"] }),
  );
  expect(other.message).toContain(`pve02: its network reload ended with '${text}'`);
  const { outs } = await provider.create({ ...inputs, accepted: [text] });
  expect(outs.failure).toBe("");
});

it("believes the nodes, not the task that ends OK", async () => {
  await makeController(cluster);
  cluster.faults({ ifreloadFails: ["pve02"], nodeDown: ["pve03"] });
  const { message, id, properties } = await failureOf(provider.create(inputs));
  expect(message).toMatch(/pve02: its network reload ended with '.*failed/);
  expect(message).toMatch(/pve03: its network reload never began/);
  expect(message).not.toMatch(/^ +pve01:/m);
  expect(id).toBe("apply");
  // Recorded as failed, so that the next update applies again although nothing is pending.
  expect((await provider.diff("apply", properties as ApplyOutputs, inputs)).changes).toBe(true);
  cluster.faults({});
  const { outs } = await provider.update("apply", properties as ApplyOutputs, inputs);
  expect(outs.failure).toBe("");
  expect(cluster.applies()).toBe(2);
});

it.each([
  ["frrFails", /pve02: its network reload ended with 'unable to write '\/etc\/frr\/frr.conf'/],
  ["frrReloadFails", /pve02: .*FRR did not reload its config\n.*frr reload command fail/],
  [
    "frrSkipped",
    /pve02: its network reload ended with 'WARNINGS: 1'\n.*WARN: missing .*frr-reload/,
  ],
  ["nodeLost", /pve02: (its network reload never began|it went away).*(\n.*)*No route to host/],
])("fails with the node's own lines: %s", async (fault, text) => {
  await makeController(cluster);
  cluster.faults({ [fault]: ["pve02"] });
  const { message } = await failureOf(provider.create(inputs));
  expect(message).toMatch(text);
  expect(message).not.toMatch(/^ +pve0[13]:/m);
});

it("says which node is being reloaded while the apply runs", async () => {
  await makeController(cluster);
  cluster.faults({ nodeSlow: ["pve01", "pve02", "pve03"] });
  const applying = provider.create(inputs);
  const deadline = Date.now() + 20_000;
  while (!said.some((line) => /: reloading \(\d+ s\)/.test(line)) && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  // The parent task is still running, and no node has been followed to its end.
  expect(said.filter((line) => / reloaded /.test(line))).toEqual([]);
  expect(said.filter((line) => /: reloading \(\d+ s\)/.test(line)).length).toBeLessThan(3);
  await applying;
  expect(said.filter((line) => /: reloading \(\d+ s\)/.test(line))).toHaveLength(3);
  expect(said.filter((line) => /: reloaded \(\d+ s\)/.test(line))).toHaveLength(3);
});

it("records by refresh what is pending, so that the next update applies it", async () => {
  await makeController(cluster);
  const { props } = await provider.read("apply", fresh(inputs));
  expect(props?.pending).toEqual(["controller frr (new)"]);
  expect((await provider.diff("apply", props as ApplyOutputs, inputs)).changes).toBe(true);
});

it("does nothing in its other half: settle's create, apply's delete", async () => {
  await makeController(cluster);
  await provider.create({ ...inputs, role: "settle" });
  await provider.delete("apply", fresh(inputs));
  expect(cluster.applies()).toBe(0);
});

it("settles removals when it goes, and only if something is pending", async () => {
  await makeController(cluster);
  await applyAll(cluster);
  const settle = fresh({ ...inputs, role: "settle" });
  await provider.delete("settle", settle);
  expect(cluster.applies()).toBe(1);
  await remove(cluster, "controllers/frr");
  await provider.delete("settle", settle);
  expect(cluster.applies()).toBe(2);
});

it("replaces settle exactly when an object leaves the plan, the new one first", async () => {
  const settle = fresh({ ...inputs, role: "settle", objects: [controller, zone, vnet100] });
  const diff = (objects: SdnObject[]) =>
    provider.diff("settle", settle, { ...inputs, role: "settle", objects });
  expect(await diff([controller, zone, vnet100])).toMatchObject({ changes: false, replaces: [] });
  const another = { ...vnet100, id: "vnet101" };
  expect(await diff([controller, zone, vnet100, another])).toMatchObject({ replaces: [] });
  expect(await diff([controller, zone, another])).toEqual({
    changes: true,
    replaces: ["objects"],
    deleteBeforeReplace: false,
  });
});

it("keeps the provider's own text in a failed resource, without which it could not go on", async () => {
  await makeController(cluster);
  cluster.faults({ ifreloadFails: ["pve02"] });
  const carried = { ...inputs, __provider: "text" };
  const { properties } = await failureOf(provider.create(carried));
  expect(properties?.__provider).toBe("text");
});

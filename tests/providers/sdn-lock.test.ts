import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SdnObject } from "../../plan/sdn-objects";
import { ApplyInputs, provider } from "../../providers/sdn-apply-provider";
import { configOf, pveCluster, TestCluster } from "../fixtures/pve-cluster";
import {
  applyAll,
  changeVnet,
  controllerOptions,
  makeController,
  makeVnet,
  makeZone,
  remove,
} from "../fixtures/sdn-requests";

let cluster: TestCluster;
let inputs: ApplyInputs;
let said: string[];

const planned: SdnObject[] = [
  {
    kind: "controller",
    id: "frr",
    options: { asn: String(controllerOptions.asn), peers: controllerOptions.peers },
  },
  { kind: "zone", id: "evpnz1", options: { controller: "frr", "vrf-vxlan": "4096", mtu: "1450" } },
  { kind: "vnet", id: "vnet100", options: { zone: "evpnz1", tag: "10100", alias: "" } },
];

async function start(version: "8.4" | "9.1" = "9.1"): Promise<void> {
  cluster = await pveCluster(version);
  await provider.configure(configOf(cluster.server));
  inputs = {
    role: "apply",
    entry: cluster.server.endpoint,
    nodes: cluster.sshds.map(({ endpoint }) => ({ endpoint, devices: [] })),
    objects: planned,
    blocks: "b1",
    timeoutSeconds: 30,
    foreignPending: "refuse",
    accepted: [],
  };
  await makeController(cluster);
  await makeZone(cluster);
  await makeVnet(cluster, "vnet100", 10100);
}

beforeEach(() => {
  said = [];
  jest.spyOn(console, "log").mockImplementation((line: string) => void said.push(line));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await cluster.close();
});

const message = (promise: Promise<unknown>) =>
  promise.then(
    () => "it succeeded",
    (error: Error) => error.message,
  );
const locked = () => cluster.cluster.state.lockToken !== null;

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!holds() && Date.now() < deadline) await sleep(50);
  expect(holds()).toBe(true);
}

it("applies its own changes under the lock, and releases it", async () => {
  await start();
  cluster.faults({ nodeSlow: ["pve01"] });
  const { outs } = await provider.create(inputs);
  expect(outs.upid).toMatch(/^UPID/);
  expect(locked()).toBe(false);
  const log = fs.readFileSync(path.join(cluster.stateDir, "access.log"), "utf8");
  expect(log).toMatch(/"create \/cluster\/sdn\/lock"/);
  expect(log).toMatch(/"set \/cluster\/sdn","parameters":\{"lock-token":"…"/);
});

it("lets nobody write between its look and its apply", async () => {
  await start();
  // Writes: the lock, then the apply, which is held before it is carried out.
  cluster.faults({ holdWrite: { number: 2, when: "before" } });
  const applying = message(provider.create(inputs));
  await until(() => fs.existsSync(path.join(cluster.stateDir, "held.json")));
  await expect(makeVnet(cluster, "vnet200", 10200)).rejects.toThrow("invalid lock token provided!");
  cluster.faults({});
  // The apply failed, and its lock is gone.
  expect(await applying).toContain("held by faults.json");
  expect(locked()).toBe(false);
  await makeVnet(cluster, "vnet200", 10200);
});

it("names a lock that somebody else holds, how to look for the holder, and how to release it", async () => {
  await start();
  await cluster.run("create", "/cluster/sdn/lock", "--allow-pending", "1");
  const text = await message(provider.create(inputs));
  expect(text).toContain("SDN lock is held by somebody, and nothing was applied");
  expect(text).toContain("pvesh get /cluster/tasks");
  expect(text).toContain("pvesh delete /cluster/sdn/lock --force 1");
  expect(text).not.toContain("at  line");
  expect(cluster.applies()).toBe(0);
  expect(locked()).toBe(true);
  await cluster.run("delete", "/cluster/sdn/lock", "--force", "1");
  await provider.create(inputs);
});

it("a lost connection releases the lock", async () => {
  await start();
  cluster.faults({ holdWrite: { number: 2, when: "before" } });
  const applying = message(provider.create(inputs));
  await until(() => fs.existsSync(path.join(cluster.stateDir, "held.json")));
  expect(locked()).toBe(true);
  cluster.server.dropConnections();
  expect(await applying).toContain("the connection was lost");
  cluster.faults({});
  await until(() => !locked());
  expect(cluster.applies()).toBe(0);
});

it.each(["8.4", "9.1"] as const)(
  "%s: lists every pending change that is not its own",
  async (version) => {
    await start(version);
    await makeVnet(cluster, "others", 10300);
    await changeVnet(cluster, "vnet100", { alias: "By hand" });
    const text = await message(provider.create(inputs));
    expect(text).toContain("  vnet others (new)\n");
    expect(text).toContain("  vnet vnet100 (new): alias is By hand, planned is not set\n");
    expect(text).not.toMatch(/^ {2}(controller|zone) /m);
    expect(text).toContain("apply.foreignPending: include");
    expect(cluster.applies()).toBe(0);
    expect(locked()).toBe(false);
    await provider.create({ ...inputs, foreignPending: "include" });
    expect(cluster.applies()).toBe(1);
  },
);

it("takes removals of what it had for its own, and what an interrupted update left", async () => {
  await start();
  await makeVnet(cluster, "vnet104", 10104);
  await applyAll(cluster);
  const left: SdnObject = {
    kind: "vnet",
    id: "vnet105",
    options: { zone: "evpnz1", tag: "10105" },
  };
  await makeVnet(cluster, "vnet105", 10105);
  await remove(cluster, "vnets/vnet104");
  // An earlier state of the stack had vnet105 in its plan.
  await provider.check({ ...inputs, objects: [...planned, left] }, inputs);
  const outs = { ...inputs, upid: "", pending: [], differs: [], failure: "" };
  await provider.update("apply", outs, inputs);
  expect(cluster.applies()).toBe(2);
});

it("refuses an apply that would take away what it plans", async () => {
  await start();
  await applyAll(cluster);
  await remove(cluster, "vnets/vnet100");
  const outs = { ...inputs, upid: "", pending: [], differs: [], failure: "" };
  const text = await message(provider.update("apply", outs, { ...inputs, blocks: "b2" }));
  expect(text).toContain(
    "vnet vnet100 (deleted): the plan has it; `pulumi refresh` finds that it is gone",
  );
  expect(cluster.applies()).toBe(1);
});

it("8.4: a destroy says what it leaves on the nodes and how to clean up", async () => {
  await start("8.4");
  await applyAll(cluster);
  for (const what of ["vnets/vnet100", "zones/evpnz1", "controllers/frr"])
    await remove(cluster, what);
  const settle = { ...inputs, role: "settle" as const };
  await provider.delete("settle", { ...settle, upid: "", pending: [], differs: [], failure: "" });
  expect(cluster.applies()).toBe(2);
  expect(said.join("\n")).toMatch(
    /Proxmox VE 8 leaves \/etc\/frr\/frr\.conf on pve01, pve02, pve03/,
  );
  // It is true: the nodes still have what the first apply wrote.
  expect(cluster.nodes[1]?.read("etc/frr/frr.conf")).toContain("router bgp 65000");
});

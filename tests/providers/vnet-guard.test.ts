import * as fs from "node:fs";
import * as path from "node:path";
import { GuardInputs, provider } from "../../providers/vnet-guard-provider";
import { configOf, pveCluster, TestCluster } from "../fixtures/pve-cluster";

let cluster: TestCluster;
let inputs: GuardInputs;

const guest = (vmid: number, name: string, more: object) => ({
  ...{ vmid, name, node: "pve01", type: "qemu", status: "running" },
  ...more,
});
const net = (bridge: string) => ({ net0: `virtio=02:00:00:00:00:01,bridge=${bridge},firewall=1` });

beforeAll(async () => {
  cluster = await pveCluster();
  await provider.configure(configOf(cluster.server));
  inputs = { vnet: "vnet101", entry: cluster.server.endpoint, force: false };
  const guests = [
    guest(101, "web", { node: "pve02", config: net("vnet101") }),
    guest(102, "db", { type: "lxc", node: "pve03", config: { net1: net("vnet101").net0 } }),
    guest(103, "off", { status: "stopped", config: net("vnet101") }),
    guest(104, "elsewhere", { config: net("vnet1010") }),
    guest(105, "described", { config: { description: "net0: bridge=vnet101" } }),
  ];
  fs.writeFileSync(path.join(cluster.stateDir, "guests.json"), JSON.stringify(guests));
});
afterAll(() => cluster.close());

it("refuses while guests run on its VNet, and names them with their nodes", async () => {
  const refused = await provider.delete("vnet101", inputs).then(
    () => "deleted",
    (error: Error) => error.message,
  );
  expect(refused).toContain("  web (VM 101 on pve02)\n  db (container 102 on pve03)\n");
  for (const other of ["off", "elsewhere", "described"]) expect(refused).not.toContain(other);
  expect(refused).toContain("destroy.force: true");
});

it("asks PVE once for guards that go together", async () => {
  const asked = () =>
    cluster.server.commands.filter(({ command }) => command.includes("/cluster/resources")).length;
  const before = asked();
  await Promise.all(
    ["vnet100", "vnet102", "vnet103"].map((vnet) => provider.delete(vnet, { ...inputs, vnet })),
  );
  expect(asked() - before).toBeLessThanOrEqual(1);
});

it("lets its VNet go when it is told to, or when nobody uses it", async () => {
  await provider.delete("vnet101", { ...inputs, force: true });
  await provider.delete("vnet100", { ...inputs, vnet: "vnet100" });
});

it("is replaced, and so asked, when its VNet gets another id", async () => {
  expect(await provider.diff("vnet101", inputs, { ...inputs, vnet: "talos1" })).toMatchObject({
    replaces: ["vnet"],
    deleteBeforeReplace: true,
  });
  expect(await provider.diff("vnet101", inputs, { ...inputs, force: true })).toMatchObject({
    changes: true,
    replaces: [],
  });
});

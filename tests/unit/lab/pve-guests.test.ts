import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { Cluster } from "../../../lab/pve/cluster";
import { readGuests } from "../../../lab/pve/guests";

const stateDir = fs.mkdtempSync(path.join(os.tmpdir(), "pve-guests-"));
afterAll(() => fs.rmSync(stateDir, { recursive: true }));

const listed = [
  "web up node=pve02 vnet=vnet101 ip4=10.101.0.21/24 ip6= gw4= gw6= mtu=1450 mac= id=104",
  "old gone node=pve01 vnet=vnet100 ip4= ip6= gw4= gw6= mtu=1450 mac=02:00:00:00:00:AA id=105",
  "not a guest",
].join("\n");

const cluster = new Cluster({
  version: "9.1",
  nodes: [],
  stateDir,
  shell: {
    run: () => Promise.resolve({ code: 0, stdout: listed, stderr: "" }),
    reachable: () => Promise.resolve(true),
  },
});

it("shows the lab's test guests as virtual machines", async () => {
  expect(await readGuests(cluster)).toEqual([
    {
      vmid: 104,
      name: "web",
      node: "pve02",
      type: "qemu",
      status: "running",
      config: { name: "web", net0: "virtio=02:00:00:00:00:68,bridge=vnet101" },
    },
    expect.objectContaining({
      vmid: 105,
      status: "stopped",
      config: { name: "old", net0: "virtio=02:00:00:00:00:AA,bridge=vnet100" },
    }),
  ]);
});

it("takes guests of guests.json first", async () => {
  const ct = { vmid: 104, name: "ct", node: "pve01", type: "lxc", status: "running", config: {} };
  fs.writeFileSync(path.join(stateDir, "guests.json"), JSON.stringify([ct]));
  expect((await readGuests(cluster)).map(({ name }) => name)).toEqual(["ct", "old"]);
});

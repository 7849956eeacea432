import { fakeGuests, type FakeGuests } from "../../fixtures/lab-guests";
import { bench, type Bench } from "./pve-bench";

let guests: FakeGuests;
let one: Bench;

beforeEach(() => {
  guests = fakeGuests({ vnet101: 1450, vmbr0: 1500 });
  one = bench("9.1", guests.shell);
});

const NET0 = "virtio,bridge=vnet101,mtu=1450";
const IP0 = "ip=10.101.0.21/24,gw=10.101.0.1,ip6=fd00:101::15/64,gw6=fd00:101::1";
const create = (...more: string[]) =>
  one.pvesh([
    ...["create", "/nodes/pve01/qemu", "--vmid", "1011", "--name", "talos-1"],
    ...["--net0", NET0, "--ipconfig0", IP0, ...more],
  ]);
const statusOf = async () =>
  (await one.get<{ status: string }>("/nodes/pve01/qemu/1011/status/current")).status;

it("a machine is made stopped, starts on its bridge with cloud-init's addresses, and is listed", async () => {
  expect((await create()).code).toBe(0);
  expect(guests.commands).toEqual([]);
  expect(await statusOf()).toBe("stopped");

  expect((await one.sh("create /nodes/pve01/qemu/1011/status/start")).text).toContain(
    "VM 1011 started",
  );
  expect(guests.commands).toEqual([
    "lab-guest add talos-1 --node pve01 --id 1011 --vnet vnet101 --mtu 1450 " +
      "--mac BC:24:11:5D:63:DA --ip4 10.101.0.21/24 --gw4 10.101.0.1 --ip6 fd00:101::15/64 --gw6 fd00:101::1",
  ]);
  expect(await one.get("/cluster/resources", "--type", "vm")).toEqual([
    expect.objectContaining({ id: "qemu/1011", name: "talos-1", node: "pve01", status: "running" }),
  ]);
  const config = await one.get<Record<string, string>>("/nodes/pve01/qemu/1011/config");
  expect(config).toMatchObject({
    net0: "virtio=BC:24:11:5D:63:DA,bridge=vnet101,mtu=1450",
    ipconfig0: IP0,
  });
});

it("further interfaces and VLANs are plugged in", async () => {
  await create("--net1", "virtio,bridge=vmbr0,tag=99");
  await one.sh("create /nodes/pve01/qemu/1011/status/start");
  expect(guests.commands[1]).toMatch(
    /^lab-guest plug talos-1 --port 1 --vnet vmbr0 --vlan 99 --mtu 1500 --mac BC:24:11:/,
  );
});

it("a machine stops with its node, and can be started again", async () => {
  await create("--start", "1");
  expect(await statusOf()).toBe("running");
  guests.unplugAll();
  expect(await statusOf()).toBe("stopped");
  expect((await one.sh("create /nodes/pve01/qemu/1011/status/start")).code).toBe(0);
  expect(await statusOf()).toBe("running");
});

it("a running machine is not removed; a stopped one is, with its config", async () => {
  await create("--start", "1");
  expect((await one.sh("delete /nodes/pve01/qemu/1011")).text).toContain(
    "VM 1011 is running - destroy failed",
  );
  await one.sh("create /nodes/pve01/qemu/1011/status/stop");
  expect(guests.commands.at(-1)).toBe("lab-guest del talos-1");
  expect((await one.sh("delete /nodes/pve01/qemu/1011 --purge 1")).code).toBe(0);
  expect((await one.sh("get /nodes/pve01/qemu/1011/config")).text).toContain(
    "Configuration file 'nodes/pve01/qemu-server/1011.conf' does not exist",
  );
});

it("a change of the config counts from the next start on", async () => {
  await create("--start", "1");
  await one.sh(
    "set /nodes/pve01/qemu/1011/config --net0 virtio,bridge=vmbr0,tag=101 --delete ipconfig0",
  );
  const config = await one.get<Record<string, string>>("/nodes/pve01/qemu/1011/config");
  expect(config.net0).toMatch(/,bridge=vmbr0,tag=101$/);
  expect(config).not.toHaveProperty("ipconfig0");
  expect(guests.commands).toHaveLength(1);
});

it.each([
  ["a bridge that is not there", "virtio,bridge=vnet999", "bridge 'vnet999' does not exist"],
  [
    "an MTU above the bridge's",
    "virtio,bridge=vnet101,mtu=8930",
    "MTU '8930' is bigger than the bridge MTU '1450'",
  ],
])("a start fails over %s", async (_, net0, message) => {
  await one.pvesh(["create", "/nodes/pve01/qemu", "--vmid", "1011", "--net0", net0]);
  const { text } = await one.sh("create /nodes/pve01/qemu/1011/status/start");
  expect(text).toContain(message);
  expect(await statusOf()).toBe("stopped");
});

it("mtu=1 is the bridge's own", async () => {
  const net0 = "virtio,bridge=vnet101,mtu=1";
  await one.pvesh([
    "create",
    "/nodes/pve01/qemu",
    "--vmid",
    "1011",
    "--net0",
    net0,
    "--start",
    "1",
  ]);
  expect(guests.commands[0]).toContain("--mtu 1450");
});

it.each([
  [
    "a number that is taken",
    ["--vmid", "1011"],
    /unable to create VM 1011 - VM 1011 already exists/,
  ],
  ["an unknown option", ["--vmid", "1012", "--colour", "red"], /Unknown option: colour/],
  ["a VLAN tag out of range", ["--vmid", "1012", "--net0", "virtio,bridge=vmbr0,tag=5000"], /tag:/],
  [
    "an address of the wrong family",
    ["--vmid", "1012", "--ipconfig0", "ip6=10.0.0.1/24"],
    /ipconfig0/,
  ],
])("%s is refused", async (_, options, message) => {
  await create();
  const { text, code } = await one.pvesh(["create", "/nodes/pve01/qemu", ...options]);
  expect(code).not.toBe(0);
  expect(text).toMatch(message);
});

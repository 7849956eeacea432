import { bench, type Bench } from "./pve-bench";

const token = /^[0-9a-f]{8}-[0-9a-f-]{27}$/;

async function seed({ sh }: Bench): Promise<void> {
  for (const line of [
    "create /cluster/sdn/controllers --controller frr --type evpn --asn 4200001000 --peers 10.255.0.1,10.255.0.2",
    "create /cluster/sdn/zones --zone evpnz1 --type evpn --controller frr --vrf-vxlan 4096 --mtu 1450 --exitnodes pve02,pve01",
    "create /cluster/sdn/vnets --vnet vnet100 --zone evpnz1 --tag 10100 --alias one",
    "create /cluster/sdn/vnets/vnet100/subnets --type subnet --subnet fd00:100::/64 --gateway fd00:100::1 --snat 1",
  ]) {
    expect(await sh(line)).toEqual({ text: "", out: "", code: 0 });
  }
}

/** Commits without looking at the nodes: the worker's part is tested in pve-apply.test.ts. */
async function commit(one: Bench): Promise<void> {
  expect((await one.sh("set /cluster/sdn")).code).toBe(0);
}

describe("pending, running and desired", () => {
  const one = bench("9.1");
  const zone = "/cluster/sdn/zones/evpnz1";
  const vnet = "/cluster/sdn/vnets/vnet100";
  beforeAll(() => seed(one));

  test("new: identity on top, all options under pending; nothing runs", async () => {
    expect(await one.get(zone, "--pending", "1")).toEqual({
      zone: "evpnz1",
      type: "evpn",
      state: "new",
      digest: expect.stringMatching(/^[0-9a-f]{40}$/),
      pending: {
        controller: "frr",
        exitnodes: "pve01,pve02",
        mac: expect.stringMatching(/^BC:24:11(:[0-9A-F]{2}){3}$/),
        mtu: 1450,
        "vrf-vxlan": 4096,
      },
    });
    expect(await one.get("/cluster/sdn/vnets", "--running", "1")).toEqual([]);
    expect((await one.sh(`get ${zone} --running 1`)).text).toBe("sdn 'evpnz1' does not exist\n");
  });

  test("after an apply nothing is pending, and the plain answer is the same", async () => {
    const desired = await one.get<object>(zone);
    await commit(one);
    expect(await one.get(zone, "--pending", "1")).toEqual(desired);
    expect(await one.get(zone, "--running", "1")).toMatchObject({ "vrf-vxlan": 4096, mtu: 1450 });
    expect(await one.get(zone)).toEqual(desired);
  });

  test("changed and removed options stand under pending, running ones on top", async () => {
    await one.sh(`set ${zone} --mtu 1400 --delete exitnodes`);
    const pending = { mtu: 1400, exitnodes: "deleted" };
    expect(await one.get(zone, "--pending", "1")).toMatchObject({
      mtu: 1450,
      exitnodes: "pve01,pve02",
      state: "changed",
      pending,
    });
    const plain = await one.get<Record<string, unknown>>(zone);
    expect(plain.mtu).toBe(1400);
    expect(plain).not.toHaveProperty("exitnodes");
  });

  test("a removed object stays visible with pending until the next apply", async () => {
    await one.sh(`delete ${vnet}/subnets/evpnz1-fd00:100::-64`);
    expect((await one.sh(`delete ${vnet}`)).code).toBe(0);
    expect(await one.get(vnet, "--pending", "1")).toMatchObject({ tag: 10100, state: "deleted" });
    expect((await one.sh(`get ${vnet}`)).text).toBe("sdn vnet 'vnet100' does not exist\n");
    await commit(one);
    expect(await one.get("/cluster/sdn/vnets", "--pending", "1")).toEqual([]);
  });
});

test("a subnet's answer carries what its id says", async () => {
  const one = bench("9.1");
  await seed(one);
  expect(await one.get("/cluster/sdn/vnets/vnet100/subnets", "--pending", "1")).toEqual([
    {
      id: "evpnz1-fd00:100::-64",
      subnet: "evpnz1-fd00:100::-64",
      cidr: "fd00:100::/64",
      network: "fd00:100::",
      mask: "64",
      zone: "evpnz1",
      vnet: "vnet100",
      type: "subnet",
      state: "new",
      "dhcp-range": [],
      digest: expect.any(String),
      pending: { gateway: "fd00:100::1", snat: 1 },
    },
  ]);
});

test("the anycast MAC is kept over updates and restarts, and new with a new zone", async () => {
  const one = bench("9.1");
  await seed(one);
  const mac = async (of: Bench) => (await of.get<{ mac: string }>("/cluster/sdn/zones/evpnz1")).mac;
  const first = await mac(one);
  await one.sh("set /cluster/sdn/zones/evpnz1 --mtu 1400");
  const restarted = bench("9.1", undefined, one.directory);
  expect(await mac(restarted)).toBe(first);
  await restarted.sh("delete /cluster/sdn/vnets/vnet100/subnets/evpnz1-fd00:100::-64");
  await restarted.sh("delete /cluster/sdn/vnets/vnet100");
  await restarted.sh("delete /cluster/sdn/zones/evpnz1");
  await restarted.sh(
    "create /cluster/sdn/zones --zone evpnz1 --type evpn --controller frr --vrf-vxlan 4096",
  );
  expect(await mac(restarted)).not.toBe(first);
});

describe("the SDN lock", () => {
  const change = "set /cluster/sdn/zones/evpnz1 --mtu 1500";
  const refused =
    /^update sdn zone object failed: invalid lock token provided! at {2}line \d+\.\n$/;

  test("a write without the token fails while it is held, the token passes", async () => {
    const one = bench("9.1");
    await seed(one);
    expect((await one.sh("create /cluster/sdn/lock")).text).toMatch(
      /^could not acquire lock for SDN config: configuration has pending changes at /,
    );
    await commit(one);
    const held = (await one.sh("create /cluster/sdn/lock")).out.trim();
    expect(held).toMatch(token);
    expect((await one.sh(change)).text).toMatch(refused);
    expect((await one.sh(`${change} --lock-token nope`)).text).toMatch(refused);
    expect((await one.sh("create /cluster/sdn/lock --allow-pending 1")).text).toMatch(
      /^could not acquire lock for SDN config: invalid lock token provided! at /,
    );
    expect((await one.sh("set /cluster/sdn")).text).toMatch(
      /^could not commit SDN config: invalid lock token provided! at /,
    );
    expect((await one.sh(`${change} --lock-token ${held}`)).code).toBe(0);
    expect((await one.sh(`delete /cluster/sdn/lock --lock-token ${held}`)).code).toBe(0);
    expect((await one.sh(change)).code).toBe(0);
  });

  test("an apply with the token releases the lock, with release-lock 0 it stays", async () => {
    const one = bench("9.1");
    await seed(one);
    const held = (await one.sh("create /cluster/sdn/lock --allow-pending 1")).out.trim();
    await one.sh(`set /cluster/sdn --lock-token ${held} --release-lock 0`);
    expect((await one.sh(change)).text).toMatch(refused);
    await one.sh(`set /cluster/sdn --lock-token ${held}`);
    expect((await one.sh(change)).code).toBe(0);
  });

  test("force releases whosever lock, over a restart too; rollback drops what is pending", async () => {
    const one = bench("9.1");
    await seed(one);
    await commit(one);
    await one.sh(change);
    await one.sh("create /cluster/sdn/lock --allow-pending 1");
    const restarted = bench("9.1", undefined, one.directory);
    expect((await restarted.sh("create /cluster/sdn/rollback")).text).toMatch(
      /^could not rollback SDN configuration: invalid lock token provided!/,
    );
    expect((await restarted.sh("delete /cluster/sdn/lock --force 1")).code).toBe(0);
    expect((await restarted.sh("create /cluster/sdn/rollback")).code).toBe(0);
    expect(await restarted.get("/cluster/sdn/zones/evpnz1")).toMatchObject({ mtu: 1450 });
  });

  test("8.4 has none", async () => {
    const one = bench("8.4");
    expect(await one.sh("create /cluster/sdn/lock")).toMatchObject({
      text: "No 'create' handler defined for '/cluster/sdn/lock'\n",
      code: 255,
    });
  });
});

import {
  applies,
  json,
  lab,
  NODES,
  on,
  pending,
  pulumi,
  pvesh,
  release,
  removeGuests,
  up,
} from "./harness";

jest.setTimeout(600_000);

beforeAll(async () => {
  await up();
  const { code, output } = await lab("guest", "add");
  if (code !== 0) throw new Error(output);
});
// What the last test put there; nothing of the stack is left by then.
afterAll(() => on("pve01", "rm -f /etc/frr/frr.conf.local"));

async function traces(): Promise<unknown[]> {
  return Promise.all(
    NODES.map(async (node) => ({
      vxlan: (await json<unknown[]>(node, "ip -j link show type vxlan")).length,
      local: (
        await on(node, "test -e /etc/frr/frr.conf.local && echo there || echo absent")
      ).output.trim(),
      evpn: (await on(node, "vtysh -c 'show running-config' | grep -c 'l2vpn evpn'")).output.trim(),
    })),
  );
}

it("destroy refuses while guests run, names them with their nodes, and has touched nothing", async () => {
  const before = applies();
  const refused = await pulumi(["destroy", "--yes", "--skip-preview"]);
  expect(refused.code).not.toBe(0);
  expect(refused.output).toMatch(/VNet vnet101 is used by running guests/);
  expect(refused.output).toMatch(/g101-pve03 \(VM \d+ on pve03\)/);
  expect(refused.output).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  expect(applies()).toBe(before);
  expect(await pvesh<unknown[]>("/cluster/sdn/vnets")).toHaveLength(4);
  expect(await pending()).toEqual([]);
});

it("destroy leaves no SDN object, no VXLAN device and no block, with one apply", async () => {
  await removeGuests();
  const before = applies();
  const { code, output } = await pulumi(["destroy", "--yes", "--skip-preview"]);
  expect(output).toContain("deleted");
  expect(code).toBe(0);
  expect(applies()).toBe(before + 1);
  for (const kind of ["zones", "vnets", "controllers"]) {
    expect(await pvesh(`/cluster/sdn/${kind}`, "--pending 1")).toEqual([]);
  }
  expect(await pending()).toEqual([]);
  // Proxmox VE 8 leaves frr.conf as it is once no controller is left, and FRR goes on running it.
  const leaves = (await release()) === "8.4";
  expect(output.includes("leaves /etc/frr/frr.conf on pve01, pve02, pve03")).toBe(leaves);
  const left = { vxlan: 0, local: "absent", evpn: leaves ? expect.stringMatching(/^[1-9]/) : "0" };
  expect(await traces()).toEqual([left, left, left]);
});

it("comes up again, adopting a controller that somebody has typed meanwhile", async () => {
  // The seed's own command, with this lab's peers and an AS number that is not ours.
  await on(
    "pve02",
    "pvesh create /cluster/sdn/controllers --controller frr --type evpn --asn 65001 --peers 10.255.0.1,10.255.0.2,10.255.0.3",
  );
  const output = await up();
  expect(output).toContain("was there before and is adopted");
  const controller = await pvesh<{ asn: number }>("/cluster/sdn/controllers/frr");
  expect(controller.asn).toBe(4200001000);
  const { code } = await lab();
  expect(code).toBe(0);
});

it("destroy keeps the adopted controller and lines of others in frr.conf.local", async () => {
  const others = "ip prefix-list OTHERS seq 5 permit 192.0.2.0/24";
  await on(
    "pve01",
    `cp -p /etc/frr/frr.conf.local /tmp/l; { echo '${others}'; cat /tmp/l; } >/etc/frr/frr.conf.local`,
  );
  await removeGuests();
  const { code } = await pulumi(["destroy", "--yes", "--skip-preview"]);
  expect(code).toBe(0);
  const left = await pvesh<{ controller: string }[]>("/cluster/sdn/controllers");
  expect(left.map(({ controller }) => controller)).toEqual(["frr"]);
  expect((await on("pve01", "cat /etc/frr/frr.conf.local")).output.trim()).toBe(others);
  expect(await pending()).toEqual([]);
});

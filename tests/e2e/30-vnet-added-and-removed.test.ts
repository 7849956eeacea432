import { applies, json, NODES, on, pending, ping, pvesh, up } from "./harness";

jest.setTimeout(600_000);

const VNETS = "proxmox-evpn:vnets";
const extra = {
  id: "vnet104",
  vni: 10104,
  alias: "Added",
  subnets: [{ cidr: "fd00:104::/64", gateway: "fd00:104::1", snat: true }],
};

const second = { cidr: "10.110.0.0/24", gateway: "10.110.0.1", snat: true };

/** Gateways on a node's device of vnet100. */
const gateways = async () =>
  (await on("pve02", "ip -br -4 address show dev vnet100")).output.match(/[\d.]+\/\d+/g);

const devices = async () => {
  const links = await Promise.all(
    NODES.map((node) => json<{ ifname: string }[]>(node, "ip -j link show type vxlan")),
  );
  return links.map((ofNode) => ofNode.map(({ ifname }) => ifname).includes("vxlan_vnet104"));
};

it("adds a VNet, and a subnet to another, with one apply, and guests keep their ports", async () => {
  const before = applies();
  await up((config) => {
    const vnets = config[VNETS] as { subnets: unknown[] }[];
    vnets[0]?.subnets.push(second);
    vnets.push(extra);
  });
  expect(applies()).toBe(before + 1);
  expect(await pending()).toEqual([]);
  expect(await devices()).toEqual([true, true, true]);
  expect(await gateways()).toEqual(["10.100.0.1/24", "10.110.0.1/24"]);
  expect(await ping("g101-pve01", "fd00:101::13")).toBe(3);
});

it("removes both again, with one apply after the removal, and leaves nothing pending", async () => {
  const before = applies();
  await up();
  expect(applies()).toBe(before + 1);
  expect(await pending()).toEqual([]);
  expect(await devices()).toEqual([false, false, false]);
  expect(await gateways()).toEqual(["10.100.0.1/24"]);
  const vnets = await pvesh<{ vnet: string }[]>("/cluster/sdn/vnets", "--running 1");
  expect(vnets.map(({ vnet }) => vnet).sort()).toEqual([
    "vnet100",
    "vnet101",
    "vnet102",
    "vnet103",
  ]);
  expect(await ping("g101-pve01", "fd00:101::13")).toBe(3);
});

it("keeps lines of others in frr.conf.local when the block changes", async () => {
  const file = "/etc/frr/frr.conf.local";
  await on("pve02", `sed -i '1i ip prefix-list OTHERS seq 5 permit 192.0.2.0/24' ${file}`);
  await up((config) => (config["proxmox-evpn:frr"] = { owner: "proxmox", advertiseSviIp: true }));
  const changed = await on("pve02", `cat ${file}`);
  expect(changed.output).toContain("OTHERS");
  expect(changed.output).toContain("advertise-svi-ip");
  const running = await on("pve02", "vtysh -c 'show running-config'");
  expect(running.output).toContain("advertise-svi-ip");
  expect(running.output).toContain("OTHERS");
  await up();
  expect((await on("pve02", `cat ${file}`)).output).not.toContain("advertise-svi-ip");
  await on("pve02", `sed -i '/OTHERS/d' ${file}`);
});

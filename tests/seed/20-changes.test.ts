import { addGuests, addressOn, guestOn, removeGuests } from "../e2e/guests";
import {
  applies,
  eventually,
  NodeName,
  NODES,
  on,
  pending,
  ping,
  pulumi,
  up,
  vtysh,
  withDeafMesh,
} from "../e2e/harness";
import { vxlans } from "../e2e/overlay";
import { operatorText, splitFrrConf } from "./cluster";

jest.setTimeout(600_000);

beforeAll(async () => {
  await up();
  await addGuests(...NODES);
});
afterAll(removeGuests);

const FILE = "/etc/frr/frr.conf";

const reaches = async (from: NodeName, to: NodeName) =>
  expect(
    await eventually(
      () => ping(guestOn(from), addressOn(to).ipv6),
      (count) => count === 3,
    ),
  ).toBe(3);

it("adds a VNet with one apply and removes it with one, and guests keep their ports", async () => {
  const before = applies();
  await up((config) =>
    (config["proxmox-evpn:vnets"] as unknown[]).push({
      id: "vnet104",
      vni: 10104,
      alias: "Added",
      subnets: [{ cidr: "fd00:104::/64", gateway: "fd00:104::1", snat: true }],
    }),
  );
  expect(applies()).toBe(before + 1);
  for (const node of NODES) expect(JSON.stringify(await vxlans(node))).toContain("vxlan_vnet104");
  await reaches("pve01", "pve03");
  await up();
  expect(applies()).toBe(before + 2);
  for (const node of NODES)
    expect(JSON.stringify(await vxlans(node))).not.toContain("vxlan_vnet104");
  expect(await pending()).toEqual([]);
  await reaches("pve01", "pve03");
});

it("with one mesh link down every guest still reaches every other one", async () => {
  await on("pve03", "ip link set enp1s0f0np0 down");
  try {
    for (const [from, to] of [
      ["pve03", "pve01"],
      ["pve03", "pve02"],
      ["pve01", "pve02"],
    ] as const) {
      await reaches(from, to);
    }
  } finally {
    await on("pve03", "ip link set enp1s0f0np0 up");
  }
  await up();
});

it("puts the block back into a file that Ansible wrote anew, and keeps what it wrote", async () => {
  const file = operatorText("pve02").replace("log syslog informational", "log syslog warnings");
  await on(
    "pve02",
    `cp -p ${FILE} /tmp/f && cat >/tmp/new <<'END'\n${file}END\ncat /tmp/new >${FILE}`,
  );
  const refreshed = await pulumi(["refresh", "--yes", "--skip-preview"]);
  expect(refreshed.code).toBe(0);
  const output = await up();
  expect(output).toContain("pve02: FRR loads frr.conf");
  expect(output).not.toMatch(/pve0[13]: FRR loads frr.conf/);
  const { rest, block } = await splitFrrConf("pve02");
  expect(rest).toBe(file);
  expect(block).toContain("advertise-all-vni");
  expect((await on("pve02", "vtysh -c 'show running-config'")).output).toContain(
    "log syslog warnings",
  );
  await reaches("pve02", "pve01");
});

it("fails with the node and FRR's words where the operator's own lines are wrong, and loads nothing", async () => {
  const before = await on("pve03", `cp -p ${FILE} /tmp/good && cat ${FILE}`);
  await on("pve03", `sed -i 's/^  bgp router-id/  bgp ruoter-id/' ${FILE}`);
  try {
    const failed = await pulumi(["up", "--yes", "--skip-preview"], (config) => {
      const frr = config["proxmox-evpn:frr"] as Record<string, unknown>;
      frr.advertiseSviIp = false;
    });
    expect(failed.code).not.toBe(0);
    expect(failed.output).toMatch(/pve03: FRR refuses \/etc\/frr\/frr\.conf with our block in it/);
    expect(failed.output).toContain("ruoter-id");
    expect(failed.output).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
    expect((await on("pve03", "vtysh -c 'show running-config'")).output).toContain(
      "advertise-svi-ip",
    );
  } finally {
    await on("pve03", `cat /tmp/good >${FILE}`);
  }
  await up();
  expect((await on("pve03", `cat ${FILE}`)).output).toBe(before.output);
});

it("changes nothing while a node hears nothing on the mesh: its tunnels would start elsewhere", async () => {
  const failed = await withDeafMesh("pve03", () =>
    pulumi(["up", "--yes", "--skip-preview"], (config) => {
      const [first] = config["proxmox-evpn:vnets"] as { alias: string }[];
      if (first) first.alias = "Renamed";
    }),
  );
  expect(failed.code).not.toBe(0);
  expect(failed.output).toMatch(
    /pve03 vtep-declared: the way to fd00:255::1 starts at 2001:db8:10::3/,
  );
  expect(failed.output).toContain("nothing was changed");
  await eventually(
    () => on("pve03", "ip route get fd00:255::1"),
    ({ output }) => output.includes("src fd00:255::3"),
  );
  await up();
  const { failedPeers } = await vtysh<{ failedPeers: number }>(
    "pve03",
    "show bgp l2vpn evpn summary",
  );
  expect(failedPeers).toBe(0);
});

import * as fs from "node:fs";
import * as path from "node:path";
import { applies, eventually, json, NODES, on, paths, pulumi, up, vtysh } from "./harness";
import { Config, LabNode, nodesOf, preflight } from "./lab-preflight";

jest.setTimeout(600_000);

const log = path.join(paths.lab, "pve", "access.log");

beforeAll(() => up());

/** Files that an update writes, by content. */
const fingerprint = () =>
  Promise.all(
    NODES.map(async (node) => {
      const files = "/etc/frr/frr.conf /etc/frr/frr.conf.local /etc/network/interfaces.d/sdn";
      return (await on(node, `cksum ${files}`)).output;
    }),
  );

/** Writes that Proxmox VE carried out since an offset in its access log. */
const writesSince = (offset: number) =>
  fs
    .readFileSync(log)
    .subarray(offset)
    .toString()
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as { request: string; result: number })
    .filter(
      ({ request, result }) => !/^(get|GET|ls) /.test(request) && (result === 0 || result === 200),
    );

it("an update with errors stops before the first change, removals included; it goes on with warnings", async () => {
  const before = { applies: applies(), files: await fingerprint(), log: fs.statSync(log).size };
  const shrink = (config: Config) => (config["proxmox-evpn:vnets"] as unknown[]).pop();
  await on("pve02", "sysctl -qw net.ipv4.conf.all.rp_filter=1");
  const stopped = await pulumi(["up", "--yes", "--skip-preview"], (config) => {
    shrink(config);
    (nodesOf(config)[2] as LabNode).port = 1;
  });
  await on("pve02", "sysctl -qw net.ipv4.conf.all.rp_filter=0");
  expect(stopped.code).not.toBe(0);
  expect(stopped.output).toMatch(/pve02 rp-filter: .*all\.rp_filter=1/);
  expect(stopped.output).toMatch(/pve03 ssh: .*no SSH connection/);
  expect(stopped.output).toContain("nothing was changed");
  expect(stopped.output).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  expect(applies()).toBe(before.applies);
  expect(await fingerprint()).toEqual(before.files);
  expect(writesSince(before.log)).toEqual([]);

  const warned = await up((config) => {
    (config["proxmox-evpn:fabric"] as Config).underlayMtu = 9000;
  });
  expect(warned).toContain(
    "pve01, pve02, pve03 underlay-mtu: enp1s0f0np0 has an MTU of 9216 bytes",
  );
  expect(warned).toMatch(/preflight: 0 errors, 6 warnings/);
  expect(applies()).toBe(before.applies);
  await up();
});

it("leaves the nodes as they were", async () => {
  expect(await preflight()).toEqual({ code: 0, lines: [] });
  const links = await json<{ ifname: string; mtu: number }[]>("pve02", "ip -j link show");
  const mesh = links.filter(({ ifname }) => ifname.startsWith("enp1s0f"));
  expect(mesh.map(({ mtu }) => mtu)).toEqual([9216, 9216]);
  await eventually(
    () => vtysh<{ failedPeers: number }>("pve02", "show bgp l2vpn evpn summary"),
    ({ failedPeers }) => failedPeers === 0,
  );
});

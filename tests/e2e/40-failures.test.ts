import * as fs from "node:fs";
import { applies, eventually, faultsFile, pulumi, up, vtysh, withDeafMesh } from "./harness";

jest.setTimeout(600_000);

const UP = ["up", "--yes", "--skip-preview"];
const alias = (text: string) => (config: Record<string, unknown>) => {
  const vnets = config["proxmox-evpn:vnets"] as { id: string; alias: string }[];
  vnets.forEach((vnet) => (vnet.alias = vnet.id === "vnet100" ? text : vnet.alias));
};

afterEach(() => fs.rmSync(faultsFile, { force: true }));

it("fails when one node's reload fails although the apply ends OK, and applies again next time", async () => {
  fs.writeFileSync(faultsFile, JSON.stringify({ ifreloadFails: ["pve02"] }));
  const before = applies();
  const failed = await pulumi(UP, alias("Renamed"));
  expect(failed.code).not.toBe(0);
  expect(failed.output).toContain("not on every node");
  expect(failed.output).toMatch(/^ +pve02: its network reload/m);
  expect(failed.output).not.toMatch(/^ +pve0[13]: its network reload/m);
  expect(failed.output).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  fs.rmSync(faultsFile);
  await up(alias("Renamed"));
  expect(applies()).toBe(before + 2);
});

it("fails when a session does not come up, names it, and passes when it is mended", async () => {
  // The links stay up: no preflight would see it.
  const failed = await withDeafMesh("pve03", () =>
    pulumi(UP, (config) => {
      alias("Renamed again")(config);
      config["proxmox-evpn:health"] = { timeoutSeconds: 15 };
    }),
  );
  expect(failed.code).not.toBe(0);
  expect(failed.output).toContain("The fabric does not carry packets everywhere");
  // The sessions that are lost with the links are no failures of their own.
  expect(failed.output).toMatch(
    /pve03 underlay enp1s0f0np0: expected ipv4 Established, ipv6 Established; observed ipv4 /,
  );
  expect(failed.output).toContain("this node hears nothing on it");
  expect(failed.output).not.toMatch(/pve0\d neighbor/);
  expect(failed.output).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  await up();
  await eventually(
    () => vtysh<{ failedPeers: number }>("pve03", "show bgp l2vpn evpn summary"),
    ({ failedPeers }) => failedPeers === 0,
  );
});

it("lists every mistake in the config at once and touches nothing", async () => {
  const before = applies();
  const { code, output } = await pulumi(UP, (config) => {
    (config["proxmox-evpn:zone"] as { vrfVni: number }).vrfVni = 10101;
    (config["proxmox-evpn:nodes"] as { meshInterfaces: string[] }[])[0]?.meshInterfaces.push(
      "enp1s0f0np0",
    );
  });
  expect(code).not.toBe(0);
  expect(output).toContain("vnets[1].vni = 10101");
  expect(output).toContain("nodes[0].meshInterfaces[2]");
  expect(output).not.toMatch(/^\s+at .*:\d+:\d+\)?$/m);
  expect(applies()).toBe(before);
});

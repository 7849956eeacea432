import { evpnSessions, floods, l3vni, nextHops, seedVxlans, vxlans } from "../e2e/overlay";
import {
  applies,
  eventually,
  lab,
  NODES,
  on,
  others,
  OUTSIDE,
  pending,
  ping,
  pingOutside,
  pulumi,
  Result,
} from "../e2e/harness";
import { operatorText, splitFrrConf, VTEP6 } from "./cluster";

jest.setTimeout(600_000);

let first: Result;

beforeAll(async () => {
  const before = await on("pve01", "cat /etc/frr/frr.conf; ls /etc/network/interfaces.d");
  expect(before.output).toBe(operatorText("pve01"));
  first = await lab();
});

it("`npm run lab` ends well, and every check of the table passes", () => {
  expect(first.output).toMatch(/^check +pve01 +pve02 +pve03$/m);
  expect(first.output).not.toContain("FAIL");
  expect(first.output).toContain("6/6 pings answered");
  expect(first.code).toBe(0);
});

it("took one apply and left nothing pending", async () => {
  expect(applies()).toBe(1);
  expect(await pending()).toEqual([]);
});

describe.each(NODES)("%s", (node) => {
  const remotes = others(node).map((other) => VTEP6[other]);

  it("runs FRR of 10.6 or later", async () => {
    const { output } = await on(node, "vtysh -c 'show version'");
    const [, major, minor] = /^FRRouting (\d+)\.(\d+)/m.exec(output) ?? [];
    expect(Number(major) * 100 + Number(minor)).toBeGreaterThanOrEqual(1006);
  });

  it("has the seed's five VXLAN devices, which start at its IPv6 loopback", async () => {
    expect(await vxlans(node)).toEqual(seedVxlans(VTEP6[node]));
  });

  it("has l2vpn evpn on the mesh neighbors, as the seed's block says", async () => {
    expect(await evpnSessions(node)).toEqual([
      ["enp1s0f0np0", "Established"],
      ["enp1s0f1np1", "Established"],
    ]);
  });

  it("knows the other nodes by type-3 routes, and floods every VNet to them", async () => {
    expect(await nextHops(node, "3", "", VTEP6[node])).toEqual(remotes);
    expect(await floods(node)).toEqual([remotes, remotes, remotes, remotes]);
  });

  it("has the L3VNI up in the VRF", async () => {
    expect(await l3vni(node)).toEqual(["vrf_evpnz1", "Up"]);
  });

  it("has the operator's frr.conf byte for byte around our block, and nothing of Proxmox VE's", async () => {
    const { rest, block } = await splitFrrConf(node);
    expect(rest).toBe(operatorText(node));
    expect(block).toContain("  advertise-svi-ip\n");
    expect(block).toContain("  route-target import 65000:1\n");
    expect((await on(node, "ls /etc/frr")).output).not.toContain("frr.conf.local");
  });
});

describe("guests", () => {
  it.each([
    ["its gateway", "fd00:101::1"],
    ["a guest of its VNet on another node", "fd00:101::13"],
    ["a guest of another VNet on another node", "fd00:102::12"],
  ])("reaches %s", async (_what, address) => {
    const seen = await eventually(
      () => ping("g101-pve01", address),
      (count) => count === 3,
    );
    expect(seen).toBe(3);
  });

  it("sends 1450 bytes unfragmented, and not 1451", async () => {
    expect(await ping("g101-pve01", "fd00:101::13", 1450)).toBe(3);
    expect(await ping("g101-pve01", "fd00:101::13", 1451)).toBe(0);
  });

  it("reaches the outside by its own node, translated", async () => {
    expect(await pingOutside("g101-pve01", OUTSIDE.upstream.ipv6)).toEqual({
      received: 3,
      sources: ["2001:db8:10::1"],
    });
  });
});

it("a second `pulumi up` changes and applies nothing, and a refresh finds no drift", async () => {
  const before = applies();
  for (const command of ["up", "refresh"]) {
    const { code, output } = await pulumi([command, "--yes", "--expect-no-changes"]);
    expect(output).toMatch(/\d+ unchanged/);
    expect(code).toBe(0);
  }
  expect(applies()).toBe(before);
});

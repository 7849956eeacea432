import { execFileSync } from "node:child_process";
import { evpnSessions, floods, l3vni, nextHops, seedVxlans, vxlans } from "./overlay";
import {
  applies,
  eventually,
  lab,
  NODES,
  on,
  others,
  paths,
  pending,
  ping,
  Result,
  VTEP,
} from "./harness";

jest.setTimeout(600_000);

let first: Result;

beforeAll(async () => {
  const before = await on(
    "pve01",
    "ls /etc/frr; ls /etc/network/interfaces.d; pvesh get /cluster/sdn/zones --output-format json",
  );
  expect(before.output).not.toContain("frr.conf.local");
  expect(before.output).toContain("[]");
  first = await lab();
});

it("`npm run lab` ends well and shows a table of nodes by checks", () => {
  expect(first.output).toMatch(/^check +pve01 +pve02 +pve03$/m);
  expect(first.output).not.toContain("FAIL");
  expect(first.output).toContain("12/12 pings answered");
  expect(first.output).toContain("How to go on");
  expect(first.code).toBe(0);
});

it("names the stand-ins, a line each", () => {
  expect(first.output).toContain("Proxmox VE itself: stand-in");
  expect(first.output.match(/^.*pulumi-resource-proxmoxve: .*$/m)?.[0]).toMatch(
    /stand-in|installed/,
  );
});

it("leaves the checkout clean", () => {
  const status = execFileSync("git", ["status", "--porcelain", "Pulumi.lab.yaml"], {
    cwd: paths.root,
  });
  expect(status.toString()).toBe("");
});

it("took one apply and left nothing pending", async () => {
  expect(applies()).toBe(1);
  expect(await pending()).toEqual([]);
});

describe.each(NODES)("%s", (node) => {
  it("has the seed's five VXLAN devices with their VNIs", async () => {
    expect(await vxlans(node)).toEqual(seedVxlans(VTEP[node]));
  });

  it("has exactly the two other loopbacks Established in l2vpn evpn", async () => {
    const expected = others(node).map((other) => [VTEP[other], "Established"]);
    expect(await evpnSessions(node)).toEqual(expected);
  });

  it("has type-3 routes from the other nodes, with their VTEPs as next hops", async () => {
    expect(await nextHops(node, "3", "", VTEP[node])).toEqual(
      others(node).map((other) => VTEP[other]),
    );
  });

  it("floods every VNet to every remote VTEP", async () => {
    const remotes = others(node).map((other) => VTEP[other]);
    expect(await floods(node)).toEqual([remotes, remotes, remotes, remotes]);
  });

  it("has the L3VNI up in the VRF", async () => {
    expect(await l3vni(node)).toEqual(["vrf_evpnz1", "Up"]);
  });

  it("runs the block that was installed, and nothing of ours stands in frr.conf itself", async () => {
    const { output } = await on(node, "cat /etc/frr/frr.conf.local");
    expect(output).toMatch(/^! BEGIN proxmox-evpn proxmox-evpn\/lab$/m);
    const running = await on(node, "vtysh -c 'show running-config'");
    expect(running.output).toContain(`neighbor VTEP update-source ${VTEP[node]}`);
    expect((await on(node, "grep -c 'BEGIN proxmox-evpn' /etc/frr/frr.conf")).output.trim()).toBe(
      "0",
    );
  });
});

describe("guests", () => {
  it("are known to the other nodes by type-2 routes with the VTEP as next hop", async () => {
    const seen = await eventually(
      () => nextHops("pve01", "2", "fd00:101::13", VTEP.pve01),
      (hops) => hops.length > 0,
    );
    expect(seen).toEqual([VTEP.pve03]);
    expect(await nextHops("pve03", "2", "10.102.0.12", VTEP.pve03)).toEqual([VTEP.pve02]);
  });

  it.each([
    ["its gateway over IPv6", "fd00:101::1"],
    ["its gateway over IPv4", "10.101.0.1"],
    ["a guest of its VNet on another node over IPv6", "fd00:101::13"],
    ["a guest of its VNet on another node over IPv4", "10.101.0.13"],
    ["a guest of another VNet on another node over IPv6", "fd00:102::12"],
    ["a guest of another VNet on another node over IPv4", "10.102.0.12"],
  ])("reaches %s", async (_what, address) => {
    const seen = await eventually(
      () => ping("g101-pve01", address),
      (count) => count === 3,
    );
    expect(seen).toBe(3);
  });

  it.each(["fd00:101::13", "10.101.0.13"])(
    "sends 1450 bytes unfragmented to %s, and not 1451",
    async (to) => {
      expect(await ping("g101-pve01", to, 1450)).toBe(3);
      expect(await ping("g101-pve01", to, 1451)).toBe(0);
    },
  );
});

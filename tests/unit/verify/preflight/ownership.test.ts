import type { FabricConfigInput } from "../../../../config/schema";
import type { NodeObservation } from "../../../../verify/preflight/observe-node";
import { judge } from "../../../../verify/preflight/judge";
import { soundCluster, soundNodes, wanted } from "../../../fixtures/preflight-observations";

function findings(
  damage: (seen: NodeObservation) => void,
  frr: FabricConfigInput["frr"] = {},
): { line: string; what: string }[] {
  const nodes = soundNodes();
  const seen = nodes.get("pve02");
  if (!seen) throw new Error("not recorded");
  damage(seen);
  return judge(wanted({ frr }), { nodes, cluster: soundCluster() }, []).map(
    ({ node, check, severity, what }) => ({ line: `${node} ${check} ${severity}`, what }),
  );
}

const HAND_WRITTEN = [
  "frr version 10.3",
  "frr defaults traditional",
  "hostname pve02",
  "log syslog informational",
  "service integrated-vtysh-config",
  "!",
  "ip route 192.0.2.0/24 blackhole",
  "!",
  "router bgp 4200001000",
  " bgp router-id 10.0.10.2",
  " neighbor 192.0.2.1 remote-as 65001",
  " neighbor 192.0.2.1 password hunter2",
  " !",
  " address-family ipv4 unicast",
  "  network 10.255.0.2/32",
  "  redistribute static",
  " exit-address-family",
  "exit",
  "!",
  "line vty",
  "!",
  "",
].join("\n");

it("a hand-written frr.conf is refused, with the lines that would be lost and no others", () => {
  const [found, ...more] = findings((seen) => (seen.frrConf = HAND_WRITTEN));
  expect(more).toEqual([]);
  expect(found?.line).toBe("pve02 frr-conf error");
  for (const lost of [
    "`ip route 192.0.2.0/24 blackhole`",
    "`bgp router-id 10.0.10.2` (router bgp 4200001000)",
    "`neighbor 192.0.2.1 remote-as 65001`",
    "`redistribute static` (router bgp 4200001000 > address-family ipv4 unicast)",
  ]) {
    expect(found?.what).toContain(lost);
  }
  expect(found?.what).not.toMatch(/network 10\.255|defaults|hostname|line vty/);
  expect(found?.what).not.toContain("hunter2");
});

it("is let go with frr.discardExisting, with a warning", () => {
  const lines = findings((seen) => (seen.frrConf = HAND_WRITTEN), { discardExisting: true });
  expect(lines.map(({ line }) => line)).toEqual(["pve02 frr-conf warning"]);
});

it("lines that stand in frr.conf.local too are not lost", () => {
  const local = HAND_WRITTEN.replace(" bgp router-id 10.0.10.2\n", "");
  const lines = findings((seen) => {
    seen.frrConf = local;
    seen.frrConfLocal = `${seen.frrConfLocal}\n${local}`;
  });
  expect(lines).toEqual([]);
});

it("Debian's own file, and no file, have nothing to lose", () => {
  const debian = "# default to using syslog.\nlog syslog informational\n";
  expect(findings((seen) => (seen.frrConf = debian))).toEqual([]);
  expect(findings((seen) => (seen.frrConf = ""))).toEqual([]);
});

describe("a file that Proxmox VE writes", () => {
  it("has nothing to lose when it is older than the plan", () => {
    const older = (seen: NodeObservation) => {
      seen.frrConf = seen.frrConf
        .replaceAll("4200001000", "65009")
        .replace("neighbor 10.255.0.3 peer-group VTEP", "neighbor 10.255.0.9 peer-group VTEP");
      seen.frrConfLocal = seen.frrConfLocal?.replaceAll("4200001000", "65009");
    };
    expect(findings(older)).toEqual([]);
  });

  it("is worth a warning when somebody put lines in by hand", () => {
    const edited = (seen: NodeObservation) =>
      (seen.frrConf = seen.frrConf.replace(
        "line vty",
        "ip route 192.0.2.0/24 blackhole\nline vty",
      ));
    expect(findings(edited)).toEqual([
      {
        line: "pve02 frr-conf warning",
        what: "/etc/frr/frr.conf would lose `ip route 192.0.2.0/24 blackhole`",
      },
    ]);
  });
});

it("another stack's block is refused, ours is not", () => {
  const other = "! BEGIN proxmox-evpn proxmox-evpn/other\n! END proxmox-evpn proxmox-evpn/other\n";
  expect(findings((seen) => (seen.frrConfLocal = other + (seen.frrConfLocal ?? "")))).toEqual([
    {
      line: "pve02 other-stack error",
      what: "/etc/frr/frr.conf.local holds the block of another stack: proxmox-evpn/other",
    },
  ]);
});

import type { FabricConfigInput } from "../../../../config/schema";
import type { NodeObservation } from "../../../../verify/preflight/observe-node";
import { judge } from "../../../../verify/preflight/judge";
import { soundCluster, soundNodes, wanted } from "../../../fixtures/preflight-observations";
import { labConfig } from "../../../fixtures/stack-config";

/** `pve02 ifupdown2 error`: which node, which check, how severe. */
function findings(
  damage: (seen: NodeObservation) => void,
  changes: Partial<FabricConfigInput> = {},
  node = "pve02",
) {
  const nodes = soundNodes();
  const seen = nodes.get(node);
  if (!seen) throw new Error(`${node} was not recorded`);
  damage(seen);
  return judge(wanted(changes), { nodes, cluster: soundCluster() }, []);
}

const short = (all: ReturnType<typeof findings>) =>
  all.map(({ node, check, severity }) => `${node} ${check} ${severity}`);

it("a sound node of the lab has no findings, warnings included", () => {
  expect(findings(() => undefined)).toEqual([]);
});

const edit = (pattern: RegExp | string, text: string) => (seen: NodeObservation) => {
  const before = seen.interfaces;
  seen.interfaces = before.replace(pattern, text);
  if (seen.interfaces === before) throw new Error("the edit changed nothing");
};
const link = (name: string, change: Partial<NodeObservation["links"][number]>) =>
  ((seen) =>
    (seen.links = seen.links.map((each) =>
      each.ifname === name ? { ...each, ...change } : each,
    ))) as (seen: NodeObservation) => void;
const MESH = ["enp1s0f0np0", "enp1s0f1np1"] as const;
const both =
  (...damages: ((seen: NodeObservation) => void)[]) =>
  (seen: NodeObservation) =>
    damages.forEach((damage) => damage(seen));
const sysctl = (path: string, value: string) => (seen: NodeObservation) => {
  if (seen.sysctls[path] === undefined) throw new Error(`${path} was not recorded`);
  seen.sysctls[path] = value;
};

type Row = [string, (seen: NodeObservation) => void, string[], RegExp];
const NOTHING = /^$/;
const ERROR = (check: string) => [`pve02 ${check} error`];
const WARNING = (check: string) => [`pve02 ${check} warning`];

// A row a line: what is wrong, the damage, what is found, and what the finding says.
// prettier-ignore
const DAMAGES: Row[] = [
  ["another machine answers", (s) => (s.hostname = "pve09"), ERROR("node-name"), /pve09/],
  ["pvesh fails", (s) => (s.pve = { failure: "ipcc_send_rec[1] failed" }), ERROR("pve-version"), /ipcc_send_rec/],
  ["an ancient Proxmox VE", (s) => (s.pve = { version: "7.4.1" }), ["pve02 pve-version error", "cluster pve-version warning"], /7\.4\.1/],
  ["an unknown Proxmox VE", (s) => (s.pve = { version: "9.7.0" }), ["pve02 pve-version warning", "cluster pve-version warning"], /9\.7\.0/],
  ["no FRR", (s) => delete s.frrVersion, ERROR("frr-version"), /not installed/],
  ["bgpd switched off", (s) => (s.daemons = s.daemons.replace("bgpd=yes", "bgpd=no")), ERROR("frr-daemons"), /bgpd is off/],
  ["bfdd not running", (s) => (s.running = ["bgpd"]), ERROR("frr-daemons"), /bfdd does not run/],
  ["no daemons file", (s) => (s.daemons = ""), ["pve02 frr-daemons error", "pve02 frr-daemons error"], /bgpd is off/],
  ["no frr-reload.py", (s) => (s.tools = ["ifreload"]), ERROR("frr-pythontools"), /frr-reload/],
  ["no ifreload", (s) => (s.tools = ["frr-reload.py"]), ERROR("ifupdown2"), /ifreload/],
  ["interfaces.d not sourced", edit(/^source .*$/m, ""), ERROR("interfaces-d"), /does not source/],
  ["interfaces.d sourced in a comment", edit(/^source /m, "# source "), ERROR("interfaces-d"), /does not source/],
  ["no such interface", (s) => (s.links = s.links.filter(({ ifname }) => ifname !== MESH[0])), ERROR("mesh-interface"), /no interface enp1s0f0np0/],
  ["one interface down", link(MESH[1], { flags: ["BROADCAST"] }), WARNING("mesh-interface"), /is down/],
  ["one interface without carrier", link(MESH[1], { flags: ["UP"] }), WARNING("mesh-interface"), /no carrier/],
  ["all interfaces down", both(link(MESH[0], { flags: [] }), link(MESH[1], { flags: ["UP"] })), ["pve02 mesh-interface error", "pve02 mesh-interface error"], /is down/],
  ["an MTU too small for the zone", link(MESH[0], { mtu: 1499 }), ERROR("underlay-mtu"), /1499 bytes.*needs 1500/],
  ["an MTU other than the config says", link(MESH[0], { mtu: 9000 }), WARNING("underlay-mtu"), /9000/],
  ["rp_filter strict for all", sysctl("ipv4/conf/all/rp_filter", "1"), ERROR("rp-filter"), /net\.ipv4\.conf\.all\.rp_filter=1/],
  ["rp_filter loose on a mesh interface", sysctl(`ipv4/conf/${MESH[0]}/rp_filter`, "2"), ERROR("rp-filter"), /enp1s0f0np0\.rp_filter=2/],
  ["rp_filter on the zone's VRF", sysctl("ipv4/conf/vrf_evpnz1/rp_filter", "2"), ERROR("rp-filter"), /vrf_evpnz1/],
  ["rp_filter on another interface", sysctl("ipv4/conf/vmbr0/rp_filter", "1"), [], NOTHING],
  ["IPv4 forwarding off", sysctl("ipv4/ip_forward", "0"), ERROR("forwarding"), /net\.ipv4\.ip_forward=0/],
  ["IPv6 forwarding off", sysctl("ipv6/conf/all/forwarding", "0"), ERROR("forwarding"), /ipv6\.conf\.all\.forwarding=0/],
  ["addresses are lost with the link", sysctl("ipv6/conf/default/keep_addr_on_down", "0"), ERROR("keep-addr"), /default\.keep_addr_on_down=0/],
  ["the VTEP is not on the node", (s) => (s.addresses = s.addresses.filter((a) => a !== "10.255.0.2")), ERROR("loopback"), /does not have 10\.255\.0\.2/],
  ["the other loopback is not on the node", (s) => (s.addresses = s.addresses.filter((a) => a !== "fd00:255::2")), WARNING("loopback"), /fd00:255::2/],
];

it.each(DAMAGES)("%s", (_what, damage, expected, text) => {
  const found = findings(damage);
  expect(short(found)).toEqual(expected);
  expect(found[0]?.what ?? "").toMatch(text);
});

it("judges sysctls and MTU by what the zone uses", () => {
  const { zone, vnets = [] } = labConfig();
  const six = vnets.map((vnet) => ({
    ...vnet,
    subnets: (vnet.subnets ?? []).filter(({ cidr }) => cidr.includes(":")),
  }));
  const strict = sysctl("ipv4/conf/all/rp_filter", "1");
  expect(short(findings(strict, { vnets: six }))).toEqual(WARNING("rp-filter"));
  expect(short(findings(strict, { zone: { ...zone, exitNodes: ["pve01"] } }))).toEqual(
    WARNING("rp-filter"),
  );
  const four = vnets.map((vnet) => ({
    ...vnet,
    subnets: (vnet.subnets ?? []).filter(({ cidr }) => cidr.includes(".")),
  }));
  const lost = sysctl("ipv6/conf/all/keep_addr_on_down", "0");
  expect(short(findings(lost, { vnets: four }))).toEqual([]);
});

describe("the VTEP's place in /etc/network/interfaces", () => {
  const LOOPBACK = /iface lo inet loopback\n\taddress 10\.255\.0\.\d\/32\n/;
  const v4 = (rest: string) => edit(LOOPBACK, `iface lo inet loopback\n${rest}`);
  const D = "vtep-declared";

  // prettier-ignore
  it.each<Row>([
    ["IPv6 below it in the stanza", v4("\taddress 10.255.0.2/32\n\taddress fd00:255::2/128\n"), ERROR(D), /shares .* with fd00:255::2.*takes 10\.0\.10\.2/],
    ["a second IPv4 address below it", v4("\taddress 10.255.0.2/32\n\taddress 10.9.9.9/32\n"), ERROR(D), /with 10\.9\.9\.9/],
    ["a command", v4("\tup ip addr add 10.255.0.2/32 dev lo\n"), ERROR(D), /in a command there \(`up ip addr add/],
    ["interfaces.d alone", both(v4(""), (s) => (s.interfacesD = "iface d0 inet static\n\taddress 10.255.0.2/32\n")), ERROR(D), /only in a file of interfaces\.d/],
    ["nowhere", v4(""), ERROR(D), /not stand there at all/],
    ["a comment", v4("\t# address 10.255.0.2/32\n"), ERROR(D), /not stand there at all/],
    ["an address that begins like it", v4("\taddress 10.255.0.20/32\n"), ERROR(D), /not stand there at all/],
    ["a dummy's stanza", both(v4(""), edit("auto eno1", "auto d0\niface d0 inet static\n\taddress 10.255.0.2\n\nauto eno1")), [], NOTHING],
    ["IPv6 above it in the stanza", v4("\taddress fd00:255::2/128\n\taddress 10.255.0.2/32\n"), [], NOTHING],
  ])("%s", (_what, damage, expected, text) => {
    const found = findings(damage);
    expect(short(found)).toEqual(expected);
    expect(found[0]?.what ?? "").toMatch(text);
  });

  it("is looked at on the first node too, where a bad form shows nothing yet", () => {
    const found = findings(
      both(v4("\tup ip addr add 10.255.0.1/32 dev lo\n"), (seen) => {
        seen.routeToFirstPeer = { source: "10.255.0.1", device: "lo" };
      }),
      {},
      "pve01",
    );
    expect(short(found)).toEqual(["pve01 vtep-declared error"]);
    expect(found[0]?.why).toMatch(/only because this node is the first/);
  });

  it("is a finding without any route to the first peer", () => {
    const found = findings(both(v4(""), (seen) => delete seen.routeToFirstPeer));
    expect(short(found)).toEqual(ERROR(D));
    expect(found[0]?.what).toMatch(/takes none/);
  });
});

describe("IPv6 VTEPs", () => {
  const peers = ["fd00:255::1", "fd00:255::2", "fd00:255::3"];
  const changes = { controller: { id: "frr", peers } };
  const on = (version: string, frr: string) => {
    const nodes = soundNodes();
    for (const [name, seen] of nodes) {
      seen.pve = { version };
      seen.frrVersion = frr;
      const number = name.slice(-1);
      seen.routeToFirstPeer =
        name === "pve01"
          ? { source: "fd00:255::1", device: "lo" }
          : { source: `fd00:255::${number}`, device: "enp1s0f0np0" };
    }
    return judge(wanted(changes), { nodes, cluster: soundCluster() }, []);
  };

  it("need FRR 10.6 on every node, and a router id that 9.1 does not find", () => {
    const found = on("9.1.1", "10.3");
    expect(short(found)).toEqual(
      ["pve01", "pve02", "pve03"].flatMap((node) => [
        `${node} frr-version error`,
        `${node} router-id error`,
      ]),
    );
    const paste =
      "proxmox-evpn:controller: { id: frr, peers: [10.255.0.1, 10.255.0.2, 10.255.0.3] }";
    for (const { remedy } of found) expect(remedy).toContain(paste);
    expect(found[0]?.remedy).toContain("FRR 10.6 or newer");
  });

  it("are fine for FRR from 10.6 on", () => {
    const versions = (frr: string) =>
      short(on("9.1.1", frr)).filter((line) => line.includes("frr-version"));
    expect(versions("10.6")).toEqual([]);
    expect(versions("10.7.1")).toEqual([]);
    expect(versions("11.0")).toEqual([]);
    expect(versions("10.5.9")).toHaveLength(3);
  });

  it("fail on 9.2 on the first node alone", () => {
    expect(short(on("9.2.0", "10.7.1"))).toEqual(["pve01 router-id error"]);
  });
});

it("an operator's frr.conf is refused where Proxmox VE would write the file", () => {
  const nodes = labConfig().nodes.map((node, n) => ({ ...node, routerId: `10.0.10.${n + 1}` }));
  const of = (peers: string[], route: (number: string) => { source: string; device: string }) => {
    const seen = soundNodes();
    for (const [name, each] of seen) {
      each.frrVersion = "10.7.1";
      each.routeToFirstPeer = route(name.slice(-1));
    }
    const changes = {
      nodes,
      controller: { id: "frr", peers },
      frr: { owner: "operator", evpnSessions: "mesh" } as const,
    };
    return short(judge(wanted(changes), { nodes: seen, cluster: soundCluster() }, []));
  };
  const four = of(["10.255.0.1", "10.255.0.2", "10.255.0.3"], () => ({
    source: "10.0.10.9",
    device: "vmbr0",
  }));
  expect(four).toEqual(["pve01", "pve02", "pve03"].map((node) => `${node} frr-conf error`));
  const six = of(["fd00:255::1", "fd00:255::2", "fd00:255::3"], (number) => ({
    source: `fd00:255::${number}`,
    device: "enp1s0f0np0",
  }));
  expect(six).toEqual([]);
});

it("the cluster's version is held against the config's", () => {
  const { cluster } = labConfig();
  const say = (pveVersion: "8.4" | "9.1") =>
    short(findings(() => undefined, { cluster: { ...cluster, pveVersion } }));
  expect(say("9.1")).toEqual([]);
  expect(say("8.4")).toEqual(["pve01", "pve02", "pve03"].map((n) => `${n} pve-version error`));
});

it("a node that answers for another is one finding, and no twin of it", () => {
  const nodes = soundNodes();
  const third = nodes.get("pve03");
  if (!third) throw new Error("not recorded");
  nodes.set("pve02", third);
  const found = judge(wanted(), { nodes, cluster: soundCluster() }, []);
  expect(short(found)).toEqual(["pve02 node-name error"]);
});

it("two nodes of one router id are told", () => {
  const nodes = soundNodes();
  const twin = nodes.get("pve02");
  const first = nodes.get("pve01");
  if (!twin || !first) throw new Error("not recorded");
  for (const seen of [first, twin]) {
    seen.interfaces = seen.interfaces.replace(/address 10\.255\.0\.\d\/32/, "");
    seen.routeToFirstPeer = { source: "10.0.10.7", device: "vmbr0" };
  }
  const found = judge(wanted(), { nodes, cluster: soundCluster() }, []);
  expect(short(found)).toContain("pve02 router-id error");
});

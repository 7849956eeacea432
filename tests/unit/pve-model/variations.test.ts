import { generateNodeFiles } from "../../../pve-model/generate";
import { NodeFiles, NodeInput, PveVersion, RunningConfig } from "../../../pve-model/types";
import { readSections } from "./merged-file";
import { vector } from "./vector-files";

/** Configurations beside the recorded ones, made from them. */

type Change = (config: Required<RunningConfig>) => void;

function files(base: string, change: Change, version: PveVersion = "9.1", node = "pve01") {
  const input: NodeInput = structuredClone(vector(base, version, node).input);
  change(input.runningConfig as Required<RunningConfig>);
  return generateNodeFiles(version, input);
}

const zone = (config: RunningConfig) => config.zones?.ids.evpnz1 ?? {};
const sections = ({ frrConf }: NodeFiles) => readSections(frrConf ?? "");
const VRF_ROUTER = "router bgp 4200001000 vrf vrf_evpnz1";

/** The lines of one stanza of interfaces.d/sdn. */
function stanza({ interfacesDSdn }: NodeFiles, device: string): string[] {
  const block = (interfacesDSdn ?? "")
    .split("\n\n")
    .find((each) => each.includes(`iface ${device}\n`));
  return (block ?? "")
    .trimEnd()
    .split("\n")
    .slice(2)
    .map((line) => line.trim());
}

it("a zone on other nodes makes no device and no VRF here, but the node still peers", () => {
  const away = files("ipv4-peers", (config) => (zone(config).nodes = "pve02,pve03"));
  expect(away.interfacesDSdn).toBe("#version:1\n");
  expect(away.frrConf).not.toContain("vrf");
  expect(away.frrConf).toContain(" neighbor 10.0.10.2 peer-group VTEP\n");
  const here = files("ipv4-peers", (config) => (zone(config).nodes = "pve03,pve01"));
  expect(here).toEqual(files("ipv4-peers", () => undefined));
});

it("a node that is no peer peers with all of them", () => {
  const more = files("ipv4-peers", (config) => {
    (config.controllers.ids.frr ?? {}).peers = "10.0.10.2, 10.0.10.3,10.0.10.4";
  });
  // Its own address is not among the peers, so no route to the first is recorded either.
  expect(more.frrError).not.toBeNull();
  const { input } = vector("ipv4-peers", "9.1");
  const node4: NodeInput = {
    ...input,
    node: "pve04",
    interfaces: input.interfaces.replace("10.0.10.1/24", "10.0.10.4/24"),
    routes: { "10.0.10.1": "10.0.10.4,vmbr0" },
  };
  const frrConf = generateNodeFiles("9.1", node4).frrConf;
  expect(frrConf?.match(/neighbor \S+ peer-group VTEP/g)).toHaveLength(3);
  expect(frrConf).toContain("bgp router-id 10.0.10.4");
});

it("other ids and numbers appear wherever the recorded ones do", () => {
  const other = files("dual-stack", (config) => {
    config.controllers.ids = { ctl: { ...config.controllers.ids.frr, asn: 65001 } };
    config.zones.ids = {
      tenant: { ...zone(config), controller: "ctl", "vrf-vxlan": 5000, mac: "BC:24:11:00:00:01" },
    };
    for (const vnet of Object.values(config.vnets.ids)) vnet.zone = "tenant";
    const renamed = Object.entries(config.subnets.ids).map(([id, subnet]) => [
      id.replace("evpnz1", "tenant"),
      subnet,
    ]);
    config.subnets.ids = Object.fromEntries(renamed);
    config.version = 42;
  });
  const recorded = files("dual-stack", () => undefined);
  const rename = (text: string | null) =>
    (text ?? "")
      .replaceAll("evpnz1", "tenant")
      .replaceAll("4200001000", "65001")
      .replaceAll("4096", "5000");
  expect(other.frrConf).toBe(rename(recorded.frrConf));
  expect(other.interfacesDSdn).toBe(
    rename(recorded.interfacesDSdn)
      .replaceAll("BC:24:11:AA:BB:CC", "BC:24:11:00:00:01")
      .replace("#version:1\n", "#version:42\n"),
  );
});

it("two zones stand side by side, sorted by name", () => {
  const two = files("one-exit-advertise", (config) => {
    config.zones.ids.blue = { ...zone(config), "vrf-vxlan": 4097, exitnodes: "pve01" };
    config.vnets.ids.bvnet = { type: "vnet", zone: "blue", tag: 10200 };
    config.subnets.ids["blue-10.9.0.0-24"] = { type: "subnet", vnet: "bvnet", gateway: "10.9.0.1" };
  });
  const headers = [...(two.frrConf ?? "").matchAll(/^(?:vrf|router) .*$/gm)].map(([line]) => line);
  expect(headers).toEqual([
    "vrf vrf_blue",
    "vrf vrf_evpnz1",
    "router bgp 4200001000",
    "router bgp 4200001000 vrf vrf_blue",
    VRF_ROUTER,
  ]);
  expect(sections(two).get("router bgp 4200001000 / ipv4 unicast")).toEqual([
    "import vrf vrf_blue",
  ]);
  expect(stanza(two, "bvnet")).toContain("vrf vrf_blue");
  expect(stanza(two, "vrf_blue")[1]).toMatch(/route del/);
  expect(stanza(two, "vrf_evpnz1")[1]).toMatch(/route add/);
  const devices = [...(two.interfacesDSdn ?? "").matchAll(/^iface (\S+)$/gm)].map(
    ([, name]) => name,
  );
  expect(devices).toEqual([...devices].sort());
});

it("several route targets are imported in their order, on nodes that are no exit too", () => {
  const targets = files(
    "ipv4-peers",
    (config) => (zone(config)["rt-import"] = "65000:1,60904:4096"),
  );
  expect(sections(targets).get(`${VRF_ROUTER} / l2vpn evpn`)).toEqual([
    "route-target import 65000:1",
    "route-target import 60904:4096",
  ]);
});

it("a VNet without subnets is a plain bridge in the VRF", () => {
  const bare = files("one-vnet-no-nd-suppression", (config) => (config.subnets.ids = {}));
  const bridge = stanza(bare, "vnet100");
  expect(bridge).toContain("bridge_ports vxlan_vnet100");
  expect(bridge).toContain("vrf vrf_evpnz1");
  expect(bridge.join("\n")).not.toMatch(/address \d|address fd|forward|arp-accept/);
});

it("a subnet without gateway gives no address and no forwarding", () => {
  const bare = files("dual-stack", (config) => {
    delete config.subnets.ids["evpnz1-10.100.0.0-24"]?.gateway;
  });
  expect(stanza(bare, "vnet100").filter((line) => /^address|forward/.test(line))).toEqual([
    "address fd00:100::1/64",
    "ip6-forward on",
  ]);
});

it("several subnets stand in the order of their ids", () => {
  const more = files("dual-stack", (config) => {
    config.subnets.ids["evpnz1-10.100.1.0-25"] = {
      type: "subnet",
      vnet: "vnet100",
      gateway: "10.100.1.1",
    };
  });
  expect(stanza(more, "vnet100").filter((line) => line.startsWith("address"))).toEqual([
    "address 10.100.0.1/24",
    "address 10.100.1.1/25",
    "address fd00:100::1/64",
  ]);
});

it("MTU 1450 without one in the zone; another runs through all devices", () => {
  const absent = files("local-routing", (config) => delete zone(config).mtu);
  expect(absent).toEqual(files("local-routing", () => undefined));
  const jumbo = files("local-routing", (config) => (zone(config).mtu = 8950));
  for (const device of ["vnet100", "vxlan_vnet100", "vrfbr_evpnz1", "vrfvx_evpnz1"]) {
    expect(stanza(jumbo, device)).toContain("mtu 8950");
  }
  expect(stanza(jumbo, "xvrf_evpnz1")).toContain("mtu 9000");
});

it("a VXLAN port of its own stands at every tunnel device", () => {
  const port = files("ipv4-peers", (config) => (zone(config)["vxlan-port"] = 4790));
  expect(port.interfacesDSdn?.match(/\tvxlan-port 4790\n/g)).toHaveLength(5);
});

it("isolate-ports concerns guests' ports, not the node's files", () => {
  const isolated = files("ipv4-peers", (config) => {
    (config.vnets.ids.vnet100 ?? {})["isolate-ports"] = 1;
  });
  expect(isolated).toEqual(files("ipv4-peers", () => undefined));
});

it.each([
  [
    "9.1",
    [
      "ip route 10.100.0.0/24 10.255.255.2 xvrf_evpnz1",
      "ipv6 route fd00:100::/64 fe80::2 xvrf_evpnz1",
    ],
  ],
  [
    "8.4",
    [
      "ip route 10.100.0.0/24 10.255.255.2 xvrf_evpnz1",
      "ip route fd00:100::/64 10.255.255.2 xvrf_evpnz1",
    ],
  ],
] as const)("local routing routes to both families on %s", (version, routes) => {
  const local = files(
    "dual-stack",
    (config) => (zone(config)["exitnodes-local-routing"] = 1),
    version,
    "pve02",
  );
  expect(sections(local).get("")).toEqual(expect.arrayContaining([...routes]));
  expect(sections(local).has(`${VRF_ROUTER} / ipv4 unicast`)).toBe(false);
});

it("a node that is no exit is untouched by local routing and SNAT", () => {
  const change: Change = (config) => (zone(config)["exitnodes-local-routing"] = 1);
  expect(files("dual-stack", change)).toEqual(files("dual-stack", () => undefined));
});

it.each<[string, Change]>([
  ["zone evpnz1: type simple", (config) => (zone(config).type = "simple")],
  ["controller b: type bgp", (config) => (config.controllers.ids.b = { type: "bgp", asn: 1 })],
  [
    "controller frr: only a controller with asn and peers",
    (config) => delete config.controllers.ids.frr?.peers,
  ],
])("says what it has no data of: %s", (message, change) => {
  expect(() => files("ipv4-peers", change)).toThrow(message);
});

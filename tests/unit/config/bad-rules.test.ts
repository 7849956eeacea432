import { labConfig } from "../../fixtures/stack-config";
import { absent, changed, violationsIn } from "./refusal";

/** One mistake each that only shows between fields, or in a name: what is changed, and where it is seen. */
type Change = [string, unknown];
type Row = [string, Change[], string, RegExp, RegExp];

const subnet = (index: number, cidr: string, gateway: string): Change => [
  `vnets.1.subnets.${index}`,
  { cidr, gateway },
];
const edge = (...peers: object[]): Change => [
  "fabric.externalPeers",
  peers.map((peer) => ({ address: "10.0.10.254", asn: 65000, ...peer })),
];
const OPERATOR: Change[] = [
  ["frr", { owner: "operator", evpnSessions: "mesh" }],
  ...[0, 1, 2].map((index): Change => [`nodes.${index}.routerId`, `10.0.10.${index + 1}`]),
];
const V4 = ["10.255.0.1", "10.255.0.2", "10.255.0.3"];

// A row a line: a table of mistakes is read by its columns.
// prettier-ignore
const RULES: Row[] = [
  ["a node twice", [["nodes.1.name", "pve01"], ["zone.exitNodes", ["pve01"]]], "nodes[1].name", /same name as nodes\[0\]/, /its own/],
  ["a node twice but for its case", [["nodes.1.name", "PVE01"], ["zone.exitNodes", ["pve01"]]], "nodes[1].name", /same name as nodes\[0\]/, /its own/],
  ["an SSH address twice", [["nodes.1.address", "10.0.10.1"]], "nodes[1].address", /one machine/, /its own/],
  ["no mesh interfaces in a ring", [["nodes.1.meshInterfaces", absent]], "nodes[1].meshInterfaces", /is missing.*in a ring/, /Set it/],
  ["no mesh interfaces in a mesh", [["fabric.topology", "mesh"], ["nodes.1.meshInterfaces", absent]], "nodes[1].meshInterfaces", /is missing.*in a mesh/, /routed/],
  ["a mesh without reflection and without a link", [["fabric.topology", "mesh"], ["frr.routeReflection", false], ["nodes.2.meshInterfaces", ["eth0"]]], "frr.routeReflection", /separates pve03.*1 mesh interfaces for 2/, /Take it out/],
  ["EVPN on the mesh of a routed fabric", [["fabric.topology", "routed"], ["frr.evpnSessions", "mesh"]], "frr.evpnSessions", /a routed fabric has none/, /Use vtep/],
  ["an edge router twice", [edge({}, { asn: 65001 })], "fabric.externalPeers[1].address", /same address/, /its own/],
  ["an edge router twice in two spellings", [edge({ address: "2001:db8::FE" }, { address: "2001:db8:0::fe" })], "fabric.externalPeers[1].address", /same address/, /its own/],
  ["a node as edge router", [edge({ address: "10.255.0.2" })], "fabric.externalPeers[0].address", /an address of pve02/, /router outside/],
  ["a node's SSH address as edge router", [edge({ address: "10.0.10.3" })], "fabric.externalPeers[0].address", /an address of pve03/, /router outside/],
  ["an edge router among guests", [edge({ address: "10.101.0.254" })], "fabric.externalPeers[0].address", /guests' network 10.101.0.0\/24/, /in the underlay/],
  ["an edge router in the fabric's AS", [edge({ asn: 4200001000 })], "fabric.externalPeers[0].asn", /the fabric's own/, /of its own/],
  ["a family twice", [edge({ families: ["evpn", "evpn"] })], "fabric.externalPeers[0].families[1]", /same family/, /its own/],
  ["IPv4 unicast without a loopback to announce", [["controller.peers", ["fd00:255::1", "fd00:255::2", "fd00:255::3"]], ["nodes.1.loopback.ipv4", absent], edge({ families: ["evpn", "ipv4"] })], "fabric.externalPeers[0].families[1]", /pve02 has none/, /take the family out/],
  ["a mesh interface twice", [["nodes.0.meshInterfaces", ["eth0", "eth0"]]], "nodes[0].meshInterfaces[1]", /twice/, /its own/],
  ["a router id that PVE derives", [["nodes.0.routerId", "10.0.10.1"]], "nodes[0].routerId", /PVE derives/, /Take it out/],
  ["a router id twice", [...OPERATOR, ["nodes.0.routerId", "10.0.10.1"], ["nodes.1.routerId", "10.0.10.1"]], "nodes[1].routerId", /RFC 4271/, /its own/],
  ["no router id for the VRF", [...OPERATOR, ["nodes.1.routerId", absent]], "nodes[1].routerId", /nobody else gives/, /node's frr.conf/],
  ["an operator's frr.conf without EVPN sessions", [...OPERATOR, ["frr.evpnSessions", "vtep"]], "frr.evpnSessions", /would run nowhere/, /Use mesh/],
  ["an operator's frr.conf in a routed fabric", [...OPERATOR, ["fabric.topology", "routed"], ["frr.evpnSessions", "vtep"]], "fabric.topology", /no mesh neighbors/, /frr.owner: proxmox/],
  ["a loopback twice", [["nodes.1.loopback.ipv4", "10.255.0.1"]], "nodes[1].loopback.ipv4", /belongs to one node/, /its own/],
  ["a loopback twice, peers absent", [["nodes.1.loopback.ipv4", "10.255.0.1"], ["controller.peers", absent]], "nodes[1].loopback.ipv4", /belongs to one node/, /its own/],
  ["a loopback twice in two spellings", [["nodes.1.loopback.ipv6", "FD00:255:0:0::1"]], "nodes[1].loopback.ipv6", /belongs to one node/, /its own/],
  ["a peer twice", [["controller.peers", [V4[0], V4[0], V4[2]]]], "controller.peers[1]", /same address as/, /its own/],
  ["a peer too many", [["controller.peers", [...V4, "10.9.9.9"]]], "controller.peers[3]", /no node's loopback/, /no other/],
  ["a mistyped peer", [["controller.peers", [V4[0], "10.255.0.20", V4[2]]]], "controller.peers[1]", /no node's loopback/, /no other/],
  ["a management address as peer", [["controller.peers.0", "10.0.10.1"]], "controller.peers[0]", /no node's loopback/, /no other/],
  ["a mistyped loopback", [["nodes.1.loopback.ipv4", "10.255.0.20"]], "controller.peers[1]", /no node's loopback/, /no other/],
  ["a peer too few", [["controller.peers", V4.slice(0, 2)]], "nodes[2].loopback", /would have no VTEP/, /exactly one/],
  ["a node of two peers", [["controller.peers", [...V4, "fd00:255::3"]]], "nodes[2].loopback", /peer with itself/, /exactly one/],
  ["peers of two families", [["controller.peers", [V4[0], V4[1], "fd00:255::3"]]], "controller.peers", /mixes IPv4 and IPv6/, /one family/],
  ["a node without the default's VTEP", [["nodes.2.loopback.ipv4", absent], ["controller", absent]], "nodes[2].loopback", /has no ipv4/, /exactly one/],
  ["no peers to take", [0, 1, 2].map((n): Change => [`nodes.${n}.loopback.ipv4`, absent]).concat([["controller", absent]]), "controller.peers", /no node has an IPv4/, /List one/],
  ["an unknown entry node", [["cluster.entryNode", "pve09"]], "cluster.entryNode", /not a node/, /one of pve01, pve02, pve03/],
  ["an unknown exit node", [["zone.exitNodes.0", "pve09"]], "zone.exitNodes[0]", /not a node/, /one of pve01/],
  ["an exit node in another case", [["zone.exitNodes.0", "PVE01"]], "zone.exitNodes[0]", /not a node/, /one of pve01/],
  ["an exit node twice", [["zone.exitNodes.1", "pve01"]], "zone.exitNodes[1]", /same node/, /its own/],
  ["an unknown node of the zone", [["zone.nodes", ["pve01", "pve02", "pve03", "pve09"]]], "zone.nodes[3]", /not a node/, /one of pve01/],
  ["a node of the zone twice", [["zone.nodes", ["pve01", "pve02", "pve03", "pve03"]]], "zone.nodes[3]", /same node/, /its own/],
  ["an exit outside the zone", [["zone.nodes", ["pve01", "pve02"]]], "zone.exitNodes[2]", /not in zone.nodes/, /Add it there/],
  ["an exported route target twice", [["zone.rtExport", ["65000:2", "65000:2"]]], "zone.rtExport[1]", /exported once/, /its own/],
  ["a primary that is no exit", [["zone.exitNodes", ["pve01"]], ["zone.primaryExitNode", "pve02"]], "zone.primaryExitNode", /not in zone.exitNodes/, /Add it/],
  ["a route target twice", [["zone.rtImport.1", "65000:1"]], "zone.rtImport[1]", /imported once/, /its own/],
  ["all nodes retired", [0, 1, 2].map((n): Change => [`nodes.${n}.retired`, true]), "nodes", /no fabric/, /pulumi destroy/],
  ["a retired entry node", [["nodes.0.retired", true], ["cluster.entryNode", "pve01"]], "cluster.entryNode", /retired/, /pve02, pve03/],
  ["a zone of retired nodes", [["nodes.0.retired", true], ["zone.nodes", ["pve01"]], ["zone.exitNodes", []]], "zone.nodes", /retired nodes alone/, /pve02, pve03/],
  ["a retired primary exit", [["nodes.2.retired", true], ["zone.primaryExitNode", "pve03"]], "zone.primaryExitNode", /retired/, /pve01, pve02/],
  ["an MTU over the underlay", [["fabric.underlayMtu", 1499]], "zone.mtu", /needs an underlay of 1500/, /at most 1449/],
  ["the default underlay under IPv6 tunnels", [["fabric.underlayMtu", absent], ["controller.peers", ["fd00:255::1", "fd00:255::2", "fd00:255::3"]]], "zone.mtu", /needs an underlay of 1520/, /at most 1430/],
  ["an MTU too small for IPv6", [["zone.mtu", 1279]], "zone.mtu", /RFC 8200/, /at least 1280/],
  ["a VNet id twice", [["vnets.1.id", "vnet100"]], "vnets[1].id", /same id as/, /its own/],
  ["a VNet id twice, keys apart", [["vnets.1.id", "vnet100"], ["vnets.1.key", "b"]], "vnets[1].id", /same id as/, /its own/],
  ["a VNet key twice", [["vnets.1.key", "vnet100"]], "vnets[1].key", /one resource/, /its own/],
  ["a VNI twice", [["vnets.1.vni", 10100]], "vnets[1].vni", /same VNI as vnets\[0\].vni/, /its own/],
  ["the VRF's VNI on a VNet", [["vnets.1.vni", 4096]], "vnets[1].vni", /same VNI as zone.vrfVni/, /its own/],
  ["a VNet named as the management bridge", [["vnets.1.id", "vmbr0"]], "vnets[1].id", /an interface that nodes have/, /another id/],
  ["a VNet named lo", [["vnets.1.id", "lo"]], "vnets[1].id", /an interface that nodes have/, /another id/],
  ["a VNet named as a mesh interface", [["nodes.0.meshInterfaces", ["eth0"]], ["vnets.1.id", "eth0"]], "vnets[1].id", /an interface that nodes have/, /another id/],
  ["host bits", [subnet(0, "fd00:101::5/64", "fd00:101::1")], "vnets[1].subnets[0].cidr", /canonical/, /Write fd00:101::\/64/],
  ["IPv4 host bits", [subnet(1, "10.101.0.1/24", "10.101.0.1")], "vnets[1].subnets[1].cidr", /canonical/, /Write 10.101.0.0\/24/],
  ["a network in upper case", [subnet(0, "FD00:101::/64", "fd00:101::1")], "vnets[1].subnets[0].cidr", /canonical/, /Write fd00:101::\/64/],
  ["a network with zeros", [subnet(0, "fd00:0101:0::/64", "fd00:101::1")], "vnets[1].subnets[0].cidr", /canonical/, /Write fd00:101::\/64/],
  ["a network twice in a VNet", [subnet(1, "fd00:101::/64", "fd00:101::1")], "vnets[1].subnets[1].cidr", /overlaps vnets\[1\].subnets\[0\]/, /its own/],
  ["a network of another VNet", [subnet(1, "10.100.0.0/24", "10.100.0.1")], "vnets[1].subnets[1].cidr", /overlaps vnets\[0\]/, /its own/],
  ["a network around another one", [subnet(0, "fd00:100::/48", "fd00:100::1")], "vnets[1].subnets[0].cidr", /overlaps/, /its own/],
  ["a subnet key twice", [["vnets.1.subnets.0.key", "a"], ["vnets.1.subnets.1.key", "a"]], "vnets[1].subnets[1].key", /one resource/, /its own/],
  ["a network around the loopbacks", [subnet(1, "10.255.0.0/24", "10.255.0.254")], "vnets[1].subnets[1].cidr", /loopback address 10.255.0.1/, /beside/],
  ["a gateway outside", [subnet(0, "fd00:101::/64", "fd00:102::1")], "vnets[1].subnets[0].gateway", /not a host address/, /host address/],
  ["a gateway of the other family", [subnet(0, "fd00:101::/64", "10.101.0.1")], "vnets[1].subnets[0].gateway", /not a host address/, /host address/],
  ["the network's address as gateway", [subnet(1, "10.101.0.0/24", "10.101.0.0")], "vnets[1].subnets[1].gateway", /not a host address/, /host address/],
  ["the broadcast address as gateway", [subnet(1, "10.101.0.0/24", "10.101.0.255")], "vnets[1].subnets[1].gateway", /not a host address/, /host address/],
];

// prettier-ignore
const UNKNOWN: Row[] = [
  ["a section", [["zones", {}]], "zones", /not a setting/, /Did you mean `zone`/],
  ["a section for another", [["zon", {}], ["zone", absent]], "zon", /not a setting/, /Did you mean `zone`/],
  ["a path as a key", [["zone.mtu", 1400]], "zone.mtu", /not a setting/, /--path/],
  ["a field one level up", [["mtu", 1400]], "mtu", /not a setting/, /Did you mean `zone.mtu`\? Move it/],
  ["nothing like it", [["zone.colour", "red"]], "zone.colour", /not a setting/, /docs\/config.md/],
  ["a field with three letters wrong", [["zone.exitNodeLocalRuoting", true]], "zone.exitNodeLocalRuoting", /not a setting/, /`exitNodesLocalRouting`/],
  ["a field of the API", [["cluster.api.insecur", true]], "cluster.api.insecur", /not a setting/, /`insecure`/],
  ["a user's field", [["ssh.privateKeyfile", "k"]], "ssh.privateKeyfile", /not a setting/, /`privateKeyFile`/],
  ["a node's field", [["nodes.1.meshInterface", ["eth9"]]], "nodes[1].meshInterface", /not a setting/, /`meshInterfaces`/],
  ["a loopback's field", [["nodes.1.loopback.ipV6", "fd00::9"]], "nodes[1].loopback.ipV6", /not a setting/, /`ipv6`/],
  ["a misspelt field that is needed", [["fabric", { asnn: 65000, underlayMtu: 9216 }]], "fabric.asnn", /not a setting/, /`asn`/],
  ["PVE's spelling", [["zone.exit-nodes", []]], "zone.exit-nodes", /not a setting/, /`exitNodes`/],
  ["PVE's name", [["zone.vrf-vxlan", 4096], ["zone.vrfVni", absent]], "zone.vrf-vxlan", /not a setting/, /`vrfVni`/],
  ["PVE's name of a VNI", [["vnets.1.tag", 10101], ["vnets.1.vni", absent]], "vnets[1].tag", /not a setting/, /`vni`/],
  ["a subnet's field", [["vnets.1.subnets.0.gatway", "fd00:101::1"]], "vnets[1].subnets[0].gatway", /not a setting/, /`gateway`/],
  ["a field of frr", [["frr.ownr", "proxmox"]], "frr.ownr", /not a setting/, /`owner`/],
  ["a field of the apply", [["apply.timeout", 60]], "apply.timeout", /not a setting/, /docs|timeoutSeconds/],
  ["a name that every object has", [["zone.constructor", 1]], "zone.constructor", /not a setting/, /docs/],
];

const withAll = (changes: Change[]) =>
  changes.reduce<unknown>((config, [path, value]) => changed(config, path, value), labConfig());

it.each([...RULES, ...UNKNOWN])("%s is one violation", (what, changes, path, reason, remedy) => {
  const dotted = what === "a path as a key" ? { ...labConfig(), "zone.mtu": 1400 } : undefined;
  const [violation, ...rest] = violationsIn(dotted ?? withAll(changes));
  expect(rest).toEqual([]);
  expect(violation?.path).toBe(path);
  expect(violation?.reason).toMatch(reason);
  expect(violation?.remedy).toMatch(remedy);
});

const more = (count: number) =>
  Array.from({ length: count }, (_unused, index) => ({
    ...(labConfig().nodes[0] as object),
    name: `pve1${index}`,
    address: `10.0.10.1${index}`,
    loopback: { ipv4: `10.255.0.1${index}`, ipv6: `fd00:255::1${index}` },
  }));

it.each([
  ["three", 0, []],
  ["four", 1, ["frr.routeReflection"]],
  ["six", 3, ["frr.routeReflection"]],
])("a ring of %s nodes without reflection", (_many, added, refused) => {
  const config = labConfig({ frr: { routeReflection: false }, controller: {} });
  config.nodes = [...config.nodes, ...(more(added) as typeof config.nodes)];
  expect(violationsIn(config).map(({ path }) => path)).toEqual(refused);
  const reflecting = { ...config, frr: {} };
  expect(violationsIn(reflecting)).toEqual([]);
});

it("a full mesh of four needs no reflection, and a routed fabric no mesh interfaces", () => {
  const meshInterfaces = ["eth0", "eth1", "eth2"];
  const { fabric, nodes } = labConfig();
  const four = [...nodes, ...(more(1) as typeof nodes)];
  const mesh = labConfig({
    fabric: { ...fabric, topology: "mesh" },
    nodes: four.map((node) => ({ ...node, meshInterfaces })),
    controller: {},
    frr: { routeReflection: false },
  });
  expect(violationsIn(mesh)).toEqual([]);
  const routed = labConfig({
    fabric: { ...fabric, topology: "routed" },
    nodes: four.map(({ meshInterfaces: _none, ...node }) => node),
    controller: {},
    frr: { routeReflection: false },
  });
  expect(violationsIn(routed)).toEqual([]);
});

it("refuses a key that JSON can hold and an object cannot", () => {
  const config = JSON.parse(
    JSON.stringify(labConfig()).replace('"zone":{', '"zone":{"__proto__":{"mtu":9},'),
  ) as unknown;
  expect(violationsIn(config).map(({ path }) => path)).toEqual(["zone.__proto__"]);
});

it.each([[undefined], [null], ["text"], [[]]])("refuses %p as the whole config", (config) => {
  expect(violationsIn(config).length).toBeGreaterThan(0);
});

it("reports independent mistakes all at once", () => {
  const config = withAll([
    ["vnets.1.vni", 4096],
    ["vnets.2.id", "vnet100"],
    ["zone.exitNodes.0", "pve09"],
  ]);
  expect(
    violationsIn(config)
      .map(({ path }) => path)
      .sort(),
  ).toEqual(["vnets[1].vni", "vnets[2].id", "zone.exitNodes[0]"]);
});

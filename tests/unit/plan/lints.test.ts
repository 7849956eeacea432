import { parseConfig } from "../../../config/parse";
import { FabricConfigInput } from "../../../config/schema";
import { violationLine } from "../../../config/violation";
import { lintsOf } from "../../../plan/lints";
import { violationsOf } from "../../../plan/invariants";
import { labConfig, stackConfig } from "../../fixtures/stack-config";

const lab = labConfig();

/** The lab's config without what it is warned about: every lint is silent on it. */
function quiet(): FabricConfigInput {
  return labConfig({ zone: { ...lab.zone, primaryExitNode: "pve01" } });
}

const zone = (changes: object) => ({ zone: { ...lab.zone, primaryExitNode: "pve01", ...changes } });
const subnet = (cidr: string, gateway: string, snat = false) => ({
  vnets: [{ id: "vnet100", vni: 10100, subnets: [{ cidr, gateway, snat }] }],
});
const over6 = { controller: { peers: ["fd00:255::1", "fd00:255::2", "fd00:255::3"] } };
const api = (insecure: boolean) => ({
  cluster: { ...lab.cluster, api: { ...lab.cluster.api, insecure } },
});
const noSnat = subnet("fd00:100::/64", "fd00:100::1");
const [first, second] = lab.nodes as [(typeof lab.nodes)[0], (typeof lab.nodes)[0]];
const pair = {
  nodes: [first, second],
  controller: { peers: ["10.255.0.1", "10.255.0.2"] },
  zone: { id: "evpnz1", vrfVni: 4096, exitNodes: ["pve01"] },
};

function lintsWith(changes: Partial<FabricConfigInput>) {
  const config = parseConfig({ ...quiet(), ...changes });
  expect(violationsOf(config)).toEqual([]);
  return lintsOf(config);
}

it("is silent on a sound config", () => {
  expect(lintsWith({})).toEqual([]);
});

/** What fires, its path and a word of its reason; then the nearest config that is sound. */
type Row = [string, Partial<FabricConfigInput>, string, RegExp, Partial<FabricConfigInput>];
const table: Row[] = [
  [
    "subnets that only exit nodes could advertise",
    zone({ advertiseSubnets: true }),
    "zone.advertiseSubnets",
    /PVE ignores it on exit nodes/,
    zone({ advertiseSubnets: true, exitNodes: ["pve01", "pve02"] }),
  ],
  [
    "SNAT on exits that tie",
    zone({ primaryExitNode: undefined }),
    "zone.primaryExitNode",
    /vnets\[0\]\.subnets\[0\]\.snat and 7 more\) goes through 3 exit nodes/,
    zone({ primaryExitNode: undefined, exitNodes: ["pve02"] }),
  ],
  [
    "exits that tie, unless nothing is translated",
    zone({ primaryExitNode: undefined }),
    "zone.primaryExitNode",
    /tie/,
    { ...zone({ primaryExitNode: undefined }), ...noSnat },
  ],
  [
    "SNAT without exits",
    { zone: { id: "evpnz1", vrfVni: 4096 } },
    "zone.exitNodes",
    /SNAT rules on exit nodes alone/,
    { zone: { id: "evpnz1", vrfVni: 4096 }, ...noSnat },
  ],
  [
    "EVPN on the mesh beside PVE's sessions",
    { frr: { evpnSessions: "mesh" } },
    "frr.evpnSessions",
    /twice/,
    {
      frr: { evpnSessions: "mesh", owner: "operator" },
      nodes: lab.nodes.map((node) => ({ ...node, routerId: node.address })),
    },
  ],
  [
    "anycast gateways announced by all",
    { frr: { advertiseSviIp: true } },
    "frr.advertiseSviIp",
    /anycast/,
    { frr: { advertiseSviIp: true }, vnets: [{ id: "vnet100", vni: 10100 }] },
  ],
  [
    "IPv6 tunnels that need jumbo frames",
    { ...over6, ...zone({ mtu: 1431 }) },
    "zone.mtu",
    /needs 1501 bytes/,
    { ...over6, ...zone({ mtu: 1430 }) },
  ],
  [
    "an MTU over IPv6 that fits over IPv4",
    { ...over6, ...zone({ mtu: 1450 }) },
    "zone.mtu",
    /needs 1520 bytes/,
    zone({ mtu: 1450 }),
  ],
  ...(
    [
      [64511, 64512],
      [65535, 65534],
      [4199999999, 4200000000],
      [4294967295, 4294967294],
    ] as const
  ).map(([open, own]): Row => [
    `AS number ${open}`,
    { fabric: { asn: open, underlayMtu: 9216 } },
    "fabric.asn",
    /RFC 6996/,
    { fabric: { asn: own, underlayMtu: 9216 } },
  ]),
  [
    "a global IPv6 subnet",
    subnet("2a01:4f8:1::/64", "2a01:4f8:1::1"),
    "vnets[0].subnets[0].cidr",
    /the outside reaches them/,
    noSnat,
  ],
  [
    "a global IPv6 subnet with SNAT",
    subnet("2a01:4f8:1::/64", "2a01:4f8:1::1", true),
    "vnets[0].subnets[0].cidr",
    /snat hides only what they send/,
    subnet("198.51.100.0/24", "198.51.100.1", true),
  ],
  [
    "a ring of three without reflection",
    { frr: { routeReflection: false } },
    "frr.routeReflection",
    /separates two nodes/,
    { frr: { routeReflection: false }, ...pair },
  ],
  [
    "a full mesh with a link missing",
    {
      fabric: { ...lab.fabric, topology: "mesh" },
      nodes: lab.nodes.map((node) => ({
        ...node,
        meshInterfaces: node === first ? ["eth0"] : node.meshInterfaces,
      })),
    },
    "nodes[0].meshInterfaces",
    /fewer links than a full mesh \(2 other nodes\)/,
    { fabric: { ...lab.fabric, topology: "mesh" } },
  ],
  [
    "VTEP sessions without update-source",
    { frr: { extraLines: { router: ["no neighbor VTEP update-source 10.255.0.1"] } } },
    "frr.extraLines.router[0]",
    /every session stays Active/,
    { frr: { extraLines: { router: ["neighbor VTEP timers 3 9"] } } },
  ],
  [
    "VTEP sessions without update-source, unless the VTEPs share a network",
    { frr: { updateSource: false } },
    "frr.updateSource",
    /every session stays Active/,
    { frr: { updateSource: false }, fabric: { ...lab.fabric, topology: "routed" } },
  ],
  [
    "reflection off, unless the underlay is somebody else's",
    { frr: { routeReflection: false } },
    "frr.routeReflection",
    /separates two nodes/,
    { frr: { routeReflection: false }, fabric: { ...lab.fabric, topology: "routed" } },
  ],
  ["an API of any certificate", api(true), "cluster.api.insecure", /API token/, api(false)],
];

it.each(table)("warns of %s", (_what, changes, path, reason, sound) => {
  const found = lintsWith(changes);
  expect(found.map((lint) => lint.path)).toEqual([path]);
  expect(violationLine(found[0] as (typeof found)[0])).toMatch(reason);
  expect(lintsWith(sound)).toEqual([]);
});

it("finds in the tracked stacks what they are known for", () => {
  const paths = (stack: "lab" | "prod") =>
    lintsOf(parseConfig(stackConfig(stack))).map(({ path }) => path);
  // The lab is as the document has it: three exits that tie.
  expect(paths("lab")).toContain("zone.primaryExitNode");
  expect(paths("prod")).toEqual(["zone.primaryExitNode", "zone.mtu", "frr.advertiseSviIp"]);
});

import { addGuests, addressOn, guestOn, removeGuests } from "./guests";
import {
  applies,
  edgeRouter,
  edgeVtysh,
  eventually,
  json,
  NodeName,
  NODES,
  on,
  OUTSIDE,
  ping,
  pulumi,
  removeGuests as removeAllGuests,
  type Result,
  up,
  vtysh,
} from "./harness";

/**
 * A fabric of another kind in one update: the underlay is the management network, which is somebody
 * else's (topology routed), the zone is on two of the nodes, and the way out is an edge router's.
 */

jest.setTimeout(900_000);

const MEMBERS = ["pve01", "pve03"] as const;
const managed = (node: NodeName) => `10.0.10.${node.slice(-1)}`;

function edgeFabric(config: Record<string, unknown>): void {
  const { edge } = OUTSIDE;
  Object.assign(config["proxmox-evpn:fabric"] as object, {
    topology: "routed",
    underlayMtu: 1500,
    externalPeers: [{ address: edge.ipv4, asn: edge.asn }],
  });
  for (const node of config["proxmox-evpn:nodes"] as Record<string, unknown>[]) {
    node.loopback = { ipv4: managed(node.name as NodeName) };
    delete node.meshInterfaces;
  }
  Object.assign(config["proxmox-evpn:frr"] as object, { updateSource: false });
  (config["proxmox-evpn:controller"] as { peers: string[] }).peers = NODES.map(managed);
  Object.assign(config["proxmox-evpn:zone"] as object, {
    nodes: MEMBERS,
    exitNodes: [],
    rtExport: ["65000:2"],
  });
  for (const vnet of config["proxmox-evpn:vnets"] as { subnets: { snat: boolean }[] }[]) {
    for (const subnet of vnet.subnets) subnet.snat = false;
  }
}

let refused: Result;

beforeAll(async () => {
  await up();
  await removeAllGuests();
  await addGuests("pve02");
  const before = applies();
  refused = await pulumi(["up", "--yes", "--skip-preview"], edgeFabric);
  expect(applies()).toBe(before);
  await removeGuests();
  await edgeRouter("start");
  // Health looks at every session, the edge router's included, so this passes only with all of them.
  await up(edgeFabric);
  await addGuests(...MEMBERS);
});

afterAll(async () => {
  await removeGuests();
  await up();
  await edgeRouter("stop");
});

it("was refused while a guest ran on the node that the zone leaves", () => {
  expect(refused.code).not.toBe(0);
  expect(refused.output).toMatch(
    /pve02 zone-guests: zone evpnz1 leaves pve02, and guests run there: o-pve02 \(VM \d+ on vnet101\)/,
  );
  expect(refused.output).toContain("nothing was changed");
});

it("runs no BGP on the mesh, and its tunnels start at the routed addresses", async () => {
  for (const node of NODES) {
    const { peers } = await vtysh<{ peers: Record<string, { state: string }> }>(
      node,
      "show bgp l2vpn evpn summary",
    );
    const wanted = [...NODES.filter((other) => other !== node).map(managed), OUTSIDE.edge.ipv4];
    expect(Object.keys(peers).sort()).toEqual(wanted.sort());
    expect((await on(node, "vtysh -c 'show running-config'")).output).not.toContain("MESH");
  }
});

it("has devices and the VRF on the zone's nodes alone", async () => {
  for (const node of NODES) {
    const links = await json<{ ifname: string; linkinfo?: { info_data?: { local?: string } } }[]>(
      node,
      "ip -j -d link show type vxlan",
    );
    const member = (MEMBERS as readonly string[]).includes(node);
    expect(links).toHaveLength(member ? 5 : 0);
    const locals = new Set(links.map(({ linkinfo }) => linkinfo?.info_data?.local));
    expect([...locals]).toEqual(member ? [managed(node)] : []);
  }
  expect(await json<unknown[]>("pve02", "ip -j link show type vrf")).toEqual([]);
  // FRR keeps the empty name of a VRF that it once had.
  const { output } = await on("pve02", "vtysh -c 'show running-config'");
  expect(output).not.toMatch(/^ vni |^router bgp \d+ vrf /m);
});

it("imports the edge's default route by its route target into the VRF, of both families", async () => {
  for (const family of ["ip", "ipv6"]) {
    const routes = await eventually(
      () =>
        vtysh<Record<string, { protocol: string; nexthops: { ip?: string }[] }[]>>(
          "pve01",
          `show ${family} route vrf vrf_evpnz1`,
        ),
      (seen) => Object.keys(seen).some((prefix) => prefix.endsWith("/0")),
    );
    const [, [first] = []] = Object.entries(routes).find(([prefix]) => prefix.endsWith("/0")) ?? [];
    expect(first?.protocol).toBe("bgp");
    expect(JSON.stringify(first?.nexthops)).toContain(OUTSIDE.edge.ipv4);
  }
});

it("guests reach what is behind the edge, and each other over the routed underlay", async () => {
  for (const node of MEMBERS) {
    for (const to of Object.values(OUTSIDE.behindEdge)) {
      const seen = await eventually(
        () => ping(guestOn(node), to),
        (count) => count === 3,
      );
      expect(seen).toBe(3);
    }
  }
  for (const to of Object.values(addressOn("pve03"))) {
    expect(
      await eventually(
        () => ping(guestOn("pve01"), to),
        (count) => count === 3,
      ),
    ).toBe(3);
  }
});

it("tells the edge the zone's routes with the exported targets and the VTEP as next hop", async () => {
  const routes = await eventually(
    () => edgeVtysh<Record<string, unknown>>("show bgp l2vpn evpn route type 2"),
    (seen) => JSON.stringify(seen).includes(addressOn("pve03").ipv4),
  );
  const ofGuest = Object.values(routes).flatMap((byPrefix) =>
    Object.entries(byPrefix as object).filter(([prefix]) =>
      prefix.includes(`[${addressOn("pve03").ipv4}]`),
    ),
  );
  const text = JSON.stringify(ofGuest);
  expect(text).toContain("RT:65000:2");
  expect(text).toContain("RT:60904:4096");
  expect(text).toContain(`"ip":"${managed("pve03")}"`);
});

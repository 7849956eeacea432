// The whole program under a real engine, on toy nodes: what each update applies and leaves behind.
import * as fs from "node:fs";
import * as path from "node:path";
import type { FabricConfigInput } from "../../config/schema";
import { FabricProject, fabricProject } from "../fixtures/fabric-project";
import { changeVnet } from "../fixtures/sdn-requests";
import { labConfig } from "../fixtures/stack-config";

jest.setTimeout(600_000);

let fabric: FabricProject;
beforeAll(async () => {
  fabric = await fabricProject();
  await fabric.up();
});
afterAll(() => fabric?.close());

interface Listed {
  state?: string;
  vnet: string;
}

async function pending(): Promise<string[]> {
  const { get } = fabric.cluster;
  const vnets = await get<Listed[]>("/cluster/sdn/vnets", "--pending", "1");
  const lists = await Promise.all([
    ...["controllers", "zones"].map((kind) =>
      get<Listed[]>(`/cluster/sdn/${kind}`, "--pending", "1"),
    ),
    ...vnets.map(({ vnet }) =>
      get<Listed[]>(`/cluster/sdn/vnets/${vnet}/subnets`, "--pending", "1"),
    ),
  ]);
  return [...vnets, ...lists.flat()]
    .filter(({ state }) => state)
    .map((each) => JSON.stringify(each));
}

/** An update must leave nothing pending, and the next one must find nothing to do. */
async function updated(changes: Partial<FabricConfigInput>, applies: number): Promise<void> {
  const before = fabric.cluster.applies();
  fabric.config(changes);
  await fabric.up();
  expect(await pending()).toEqual([]);
  expect(fabric.cluster.applies() - before).toBe(applies);
}

const { vnets: four = [], zone } = labConfig();
const devices = (node: number) =>
  fs.readdirSync(path.join(fabric.cluster.nodes[node]?.root as string, "sys/class/net"));

it("applies once for a new fabric, and not at all for a second update", async () => {
  expect(fabric.cluster.applies()).toBe(1);
  expect(await pending()).toEqual([]);
  expect(devices(2)).toEqual(expect.arrayContaining(["vnet103", "vxlan_vnet103", "vrf_evpnz1"]));
  await fabric.up("--expect-no-changes");
  expect(fabric.cluster.applies()).toBe(1);
});

it("changes options and a VNI with one apply", async () => {
  const [first, ...others] = four;
  await updated({ vnets: [{ ...first, alias: "Other", vni: 10111 } as never, ...others] }, 1);
});

it("removes one VNet of four with one apply, after the removal", async () => {
  await updated({ vnets: four.slice(0, 3) }, 2);
  expect(devices(0)).not.toContain("vxlan_vnet103");
  expect(devices(0)).toContain("vxlan_vnet102");
});

const named = four.map((vnet) => ({ ...vnet, key: vnet.id }));
const renamed = named.map((vnet) => (vnet.id === "vnet101" ? { ...vnet, id: "talos1" } : vnet));

it("renames a VNet with one apply", async () => {
  await updated({ vnets: renamed }, 1);
  expect(devices(1)).toEqual(expect.arrayContaining(["talos1", "vxlan_talos1", "vnet103"]));
  expect(devices(1)).not.toContain("vnet101");
});

it("moves a subnet to another VNet and gives the zone another id with one apply", async () => {
  const [from, to, ...rest] = renamed as Required<(typeof renamed)[number]>[];
  const moved = from?.subnets.at(-1) as never;
  const changed = [
    { ...from, subnets: from?.subnets.slice(0, -1) },
    { ...to, subnets: [...(to?.subnets ?? []), moved] },
    ...rest,
  ] as never;
  await updated({ vnets: changed, zone: { ...zone, id: "evpnz2" } }, 1);
  expect(devices(2)).toContain("vrf_evpnz2");
  expect(devices(2)).not.toContain("vrf_evpnz1");
  const [subnets, left] = await Promise.all(
    ["talos1", "vnet100"].map((vnet) =>
      fabric.cluster.get<unknown[]>(`/cluster/sdn/vnets/${vnet}/subnets`, "--running", "1"),
    ),
  );
  expect([subnets?.length, left?.length]).toEqual([3, 1]);
});

it("does all of it at once, the controller too, with one apply: a new zone id removes everything first", async () => {
  const [a, b, c] = named;
  const vnets = [
    { ...a, vni: 10111 },
    { ...b, id: "talos2" },
    { ...c, subnets: [...(c?.subnets ?? []), ...(four[3]?.subnets ?? [])] },
    { id: "vnet104", vni: 10104, subnets: [{ cidr: "10.104.0.0/24", gateway: "10.104.0.1" }] },
  ] as never;
  const controller = { id: "evpn1" };
  await updated({ vnets, zone: { ...zone, id: "evpnz3", mtu: 1400 }, controller }, 1);
  await fabric.up("--expect-no-changes");
});

it("stops at a change of others, and applies it too where it is told to", async () => {
  await updated({ vnets: four }, 1);
  expect(await fabric.evpn("diff", "--stack", "lab")).toMatchObject({ code: 0 });
  await changeVnet(fabric.cluster, "vnet102", { alias: "By hand" });
  const before = fabric.cluster.applies();
  const changed = four.map((vnet) => (vnet.id === "vnet100" ? { ...vnet, alias: "New" } : vnet));
  fabric.config({ vnets: changed });
  const refused = await fabric.pulumi("up", "--yes", "--skip-preview", "--stack", "lab");
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain(
    "vnet vnet102 (changed): alias is By hand, planned is Talos Cluster 102",
  );
  expect(refused.output).not.toContain("vnet vnet100 (changed)");
  expect(fabric.cluster.applies()).toBe(before);
  const differs = await fabric.evpn("diff", "--stack", "lab");
  expect(differs.code).toBe(1);
  expect(differs.output).toContain("vnet vnet102: alias is By hand, planned is Talos Cluster 102");
  await updated({ vnets: changed, apply: { foreignPending: "include" } }, 1);
});

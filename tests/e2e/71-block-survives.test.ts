// What operators lost their fabrics to: another's apply, a reboot with changes pending, a controller that
// was removed and made again by hand. Afterwards the block runs on every node and guests still ping.
import { notMerged } from "../../plan/block-look";
import { labPlan } from "../fixtures/block";
import {
  applies,
  eventually,
  json,
  lab,
  NODES,
  NodeName,
  on,
  pending,
  ping,
  up,
  vtysh,
} from "./harness";

jest.setTimeout(900_000);

const GUESTS = [
  ["g71-a", "pve01", "71"],
  ["g71-b", "pve03", "72"],
] as const;
const plan = labPlan();

const addGuests = async () => {
  for (const [name, node, host] of GUESTS) {
    const added = await lab(
      "guest",
      "add",
      name,
      "--node",
      node,
      "--vnet",
      "vnet101",
      "--host",
      host,
    );
    if (added.code !== 0) throw new Error(added.output);
  }
};
const removeGuests = async () => {
  for (const [name] of GUESTS) await lab("guest", "del", name);
};

beforeAll(async () => {
  await up();
  await addGuests();
});
afterAll(async () => {
  await removeGuests();
  await up();
});

/** Lines of the block that FRR does not run; its own form of a line is the form that we write. */
async function notRunning(node: NodeName): Promise<string[]> {
  const block = plan.blocks[node] ?? "";
  const { output: merged } = await on(node, "cat /etc/frr/frr.conf");
  const { output: running } = await on(node, "vtysh -c 'show running-config'");
  return [...notMerged(block, merged), ...notMerged(block, running)].map(({ text }) => text);
}

async function expectSound() {
  for (const node of NODES) {
    expect([
      node,
      await eventually(
        () => notRunning(node),
        (lines) => lines.length === 0,
      ),
    ]).toEqual([node, []]);
    await eventually(
      () => vtysh<{ failedPeers: number }>(node, "show bgp l2vpn evpn summary"),
      ({ failedPeers }) => failedPeers === 0,
    );
  }
  for (const address of ["fd00:101::72", "10.101.0.72"]) {
    expect(
      await eventually(
        () => ping("g71-a", address),
        (count) => count === 3,
      ),
    ).toBe(3);
  }
  expect(await pending()).toEqual([]);
}

/** Waits until a number of applies have ended everywhere: the tasks of the nodes are no longer running. */
async function applied(count: number) {
  await eventually(
    async () => applies(),
    (seen) => seen >= count,
  );
  for (const node of NODES) {
    await eventually(
      () => on("pve01", `pvesh get /nodes/${node}/tasks --source active --output-format json`),
      ({ code, output }) => code === 0 && !output.includes("upid"),
      180,
    );
  }
}

it("runs as before to begin with", expectSound);

it("another administrator's apply", async () => {
  const before = applies();
  expect(await on("pve02", "pvesh set /cluster/sdn")).toMatchObject({ code: 0 });
  await applied(before + 1);
  await expectSound();
});

it("a node's reboot with changes pending, which its boot applies everywhere", async () => {
  const before = applies();
  await on("pve01", "pvesh set /cluster/sdn/vnets/vnet103 --alias Pending");
  expect(await on("lab", "lab-node restart pve02")).toMatchObject({ code: 0 });
  await applied(before + 1);
  await expectSound();
  await on(
    "pve01",
    "pvesh set /cluster/sdn/vnets/vnet103 --alias 'Talos Cluster 103' && pvesh set /cluster/sdn",
  );
  await applied(before + 2);
});

it("the controller, removed and made again by hand with all that stands on it", async () => {
  const before = applies();
  const subnets = plan.vnets.flatMap((vnet) =>
    vnet.subnets.map((subnet) => ({ vnet: vnet.id, ...subnet })),
  );
  const { controller, zone } = plan;
  const remove = [
    ...subnets.map(({ vnet, id }) => `pvesh delete /cluster/sdn/vnets/${vnet}/subnets/${id}`),
    ...plan.vnets.map(({ id }) => `pvesh delete /cluster/sdn/vnets/${id}`),
    `pvesh delete /cluster/sdn/zones/${zone.id}`,
    `pvesh delete /cluster/sdn/controllers/${controller.id}`,
    "pvesh set /cluster/sdn",
  ];
  const removed = await on("pve01", `set -e; ${remove.join("; ")}`);
  expect([removed.code, removed.output]).toEqual([0, expect.any(String)]);
  await applied(before + 1);
  // frr.conf tells nothing here: Proxmox VE 8.4 leaves it as it is once no controller is left.
  expect(await json<unknown[]>("pve02", "ip -j link show type vxlan")).toEqual([]);

  const nodes = zone.nodes.join(",");
  const add = [
    `pvesh create /cluster/sdn/controllers --controller ${controller.id} --type evpn --asn ${controller.asn} --peers ${controller.peers.join(",")}`,
    `pvesh create /cluster/sdn/zones --zone ${zone.id} --type evpn --controller ${controller.id} --vrf-vxlan ${zone.vrfVni} --mtu ${zone.mtu} --nodes ${nodes} --exitnodes ${zone.exitNodes.join(",")} --rt-import ${zone.rtImport}`,
    ...plan.vnets.map(
      ({ id, vni, alias }) =>
        `pvesh create /cluster/sdn/vnets --vnet ${id} --zone ${zone.id} --tag ${vni} --alias '${alias}'`,
    ),
    ...subnets.map(
      ({ vnet, cidr, gateway, snat }) =>
        `pvesh create /cluster/sdn/vnets/${vnet}/subnets --subnet ${cidr} --type subnet --gateway ${gateway} --snat ${snat ? 1 : 0}`,
    ),
    "pvesh set /cluster/sdn",
  ];
  const added = await on("pve01", `set -e; ${add.join("; ")}`);
  expect([added.code, added.output]).toEqual([0, expect.any(String)]);
  await applied(before + 2);
  // Their bridge is another one now.
  await removeGuests();
  await addGuests();
  await expectSound();
});

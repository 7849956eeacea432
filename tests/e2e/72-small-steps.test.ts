// A one-line change of every block on a running fabric: nodes take it one after the other, no session
// drops, and the answers of a guest that is pinged every 10 ms are counted.
import { eventually, lab, NODES, NodeName, on, ping, pvesh, up, vtysh } from "./harness";
import { steadyPing } from "./steady-ping";

jest.setTimeout(900_000);

beforeAll(async () => {
  await up();
  for (const [name, node, host] of [
    ["g72-a", "pve01", "73"],
    ["g72-b", "pve02", "74"],
  ]) {
    const args = [
      "guest",
      "add",
      name as string,
      "--node",
      node as string,
      "--vnet",
      "vnet101",
      "--host",
      host as string,
    ];
    expect(await lab(...args)).toMatchObject({ code: 0 });
  }
  await eventually(
    () => ping("g72-a", "10.101.0.74"),
    (count) => count === 3,
  );
});
afterAll(async () => {
  for (const name of ["g72-a", "g72-b"]) await lab("guest", "del", name);
});

interface Summary {
  peers: Record<string, { connectionsDropped: number; state: string }>;
}

/** How often each session of a node went down, by family and peer. */
async function drops(node: NodeName): Promise<Record<string, number>> {
  const families = await Promise.all(
    ["ipv4 unicast", "l2vpn evpn"].map(async (family) => {
      const { peers } = await vtysh<Summary>(node, `show bgp ${family} summary`);
      return Object.entries(peers).map(
        ([peer, of]) => [`${family} ${peer}`, of.connectionsDropped] as const,
      );
    }),
  );
  return Object.fromEntries(families.flat());
}

interface Task {
  upid: string;
  starttime: number;
  endtime: number;
}

it("takes no two nodes at once, drops no session, and guests lose next to nothing", async () => {
  const since = Math.floor(Date.now() / 1000);
  const before = await Promise.all(NODES.map(drops));
  const pinged = await steadyPing("g72-a", "10.101.0.74");
  await up((config) => {
    config["proxmox-evpn:frr"] = { owner: "proxmox", extraLines: { ipv4: ["maximum-paths 8"] } };
  });
  const measured = await pinged.stop();

  for (const node of NODES) {
    expect((await on(node, "vtysh -c 'show running-config'")).output).toContain("maximum-paths 8");
  }
  expect(await Promise.all(NODES.map(drops))).toEqual(before);

  const reloads = await Promise.all(
    NODES.map((node) =>
      pvesh<Task[]>(`/nodes/${node}/tasks`, `--typefilter srvreload --since ${since}`),
    ),
  );
  const spans = reloads
    .map((tasks) => tasks[0])
    .sort((a, b) => (a?.starttime ?? 0) - (b?.starttime ?? 0));
  expect(spans.every((span) => span !== undefined)).toBe(true);
  spans.slice(1).forEach((span, index) => {
    expect(span?.starttime).toBeGreaterThanOrEqual(spans[index]?.endtime ?? Infinity);
  });

  process.stdout.write(`one-line change, ping every 10 ms: ${JSON.stringify(measured)}\n`);
  expect(measured.answers).toBeGreaterThan(100);
  await up();
});

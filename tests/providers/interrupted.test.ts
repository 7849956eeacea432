// The engine is killed before and after each write of an update, then everything is done that README.md
// tells to do: the end is that of an update that nobody disturbed.
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { HeldWrite } from "../../lab/pve/write-gate";
import { FabricProject, fabricProject } from "../fixtures/fabric-project";
import { dropEmptyNotes } from "../../lab/pulumi";
import { killTree } from "../fixtures/process-tree";
import { restore, save, Saved, settled } from "../fixtures/fabric-state";
import { labConfig } from "../fixtures/stack-config";

jest.setTimeout(3_600_000);

let fabric: FabricProject;
let before: Saved;
let undisturbed: unknown;
let writes: number;

/** An update that creates, changes, replaces and removes: block, controller, zone, VNets and subnets. */
const { vnets = [], fabric: underlay, zone, frr } = labConfig();
const [a, b, c] = vnets.map((vnet) => ({ ...vnet, key: vnet.id }));
const changes = {
  fabric: { ...underlay, asn: 4200001001 },
  frr: { ...frr, advertiseSviIp: true },
  zone: { ...zone, mtu: 1400 },
  vnets: [
    { ...a, alias: "Other" },
    { ...b, id: "talos1" },
    c,
    { id: "vnet104", vni: 10104, subnets: [{ cidr: "10.104.0.0/24", gateway: "10.104.0.1" }] },
  ] as never,
};

beforeAll(async () => {
  fabric = await fabricProject();
  fabric.config({ vnets: vnets.map((vnet) => ({ ...vnet, key: vnet.id })) });
  await fabric.up();
  before = save(fabric);
  fabric.config(changes);
  fabric.cluster.faults({ holdWrite: { number: -1, when: "before" } });
  await fabric.up();
  writes = fabric.cluster.cluster.writes.count;
  fabric.cluster.faults({});
  undisturbed = await settled(fabric);
});
afterAll(() => fabric?.close());

/** Runs the update, and kills all of it at one write. @returns what was held; undefined: no such write */
async function killedAt(number: number, when: "before" | "after"): Promise<HeldWrite | undefined> {
  const heldFile = path.join(fabric.cluster.stateDir, "held.json");
  fabric.cluster.faults({ holdWrite: { number, when } });
  const update = fabric.start();
  let running = true;
  const ended = new Promise<void>((resolve) => update.on("close", () => resolve()));
  void ended.then(() => (running = false));
  while (running && !fs.existsSync(heldFile)) await sleep(20);
  if (!running) throw new Error(`The update ended before write ${number}:\n${update.output()}`);
  const held = JSON.parse(fs.readFileSync(heldFile, "utf8")) as HeldWrite;
  killTree(update.pid as number);
  await ended;
  fabric.cluster.faults({});
  while (fs.existsSync(heldFile)) await sleep(20);
  return held;
}

/** What README.md says under "When an update fails". */
async function recovered(): Promise<void> {
  dropEmptyNotes(path.join(fabric.folder, "state"));
  const steps = [
    await fabric.pulumi("cancel", "--yes", "--stack", "lab"),
    await fabric.evpn("recover", "--stack", "lab"),
    await fabric.pulumi("up", "--yes", "--skip-preview", "--stack", "lab"),
  ];
  const failed = steps.find(({ code }) => code !== 0);
  if (failed) throw new Error(steps.map(({ output }) => output).join("\n--\n"));
}

/** Six points spread over the update; EVPN_KILL_POINTS says another number, or `all`. */
function points(): [number, "before" | "after"][] {
  const all = Array.from({ length: writes }, (_, index) => index + 1).flatMap((number) =>
    (["before", "after"] as const).map((when) => [number, when] as [number, "before" | "after"]),
  );
  const asked = process.env.EVPN_KILL_POINTS ?? "6";
  if (asked === "all") return all;
  const count = Number(asked);
  // Odd places are before a write, even ones after it: the sample has both.
  const at = (index: number) => 2 * Math.floor((index * writes) / count) + (index % 2);
  return Array.from({ length: count }, (_, index) => all[at(index)] as never);
}

it("an update that was killed at any write ends like one that nobody disturbed", async () => {
  const told: string[] = [];
  for (const [number, when] of points()) {
    restore(fabric, before);
    const held = await killedAt(number, when);
    const point = `killed ${when} write ${number} of ${writes}: ${held?.request}`;
    try {
      await recovered();
      expect(await settled(fabric)).toEqual(undisturbed);
    } catch (error) {
      throw new Error(`${point}\n${(error as Error).message}`);
    }
    told.push(point);
    process.stdout.write(`  ${point}: as undisturbed\n`);
  }
  expect(told).toHaveLength(points().length);
});

it("a node that disappears in the middle of the apply and returns is brought up to date by the next update", async () => {
  restore(fabric, before);
  fabric.cluster.faults({ nodeLost: ["pve03"] });
  const failed = await fabric.pulumi("up", "--yes", "--skip-preview", "--stack", "lab");
  expect(failed.code).not.toBe(0);
  expect(failed.output).toMatch(/pve03: (it went away|its network reload)/);
  fabric.cluster.faults({});
  await fabric.up();
  expect(await settled(fabric)).toEqual(undisturbed);
});

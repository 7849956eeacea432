// An update whose engine is killed after a write that nobody recorded: `npm run lab` does by itself what
// README.md tells to do.
import * as fs from "node:fs";
import * as path from "node:path";
import { killTree } from "../fixtures/process-tree";
import {
  eventually,
  faultsFile,
  lab,
  NODES,
  on,
  paths,
  pending,
  pulumi,
  pvesh,
  startUp,
  up,
} from "./harness";

jest.setTimeout(900_000);

const held = path.join(paths.lab, "pve", "held.json");
afterEach(() => fs.rmSync(faultsFile, { force: true }));

beforeAll(() => up());

const addVnet = (config: Record<string, unknown>) =>
  void (config["proxmox-evpn:vnets"] as unknown[]).push({
    id: "vnet105",
    vni: 10105,
    subnets: [{ cidr: "10.105.0.0/24", gateway: "10.105.0.1" }],
  });

it("`npm run lab` takes in what a killed update made, and all is as if it had never been", async () => {
  // The first write is the preflight's, which only learns whether it would be allowed.
  fs.writeFileSync(faultsFile, JSON.stringify({ holdWrite: { number: 2, when: "after" } }));
  const update = startUp(addVnet);
  try {
    await eventually(() => Promise.resolve(fs.existsSync(held)), Boolean);
  } finally {
    killTree(update.pid as number);
    fs.rmSync(faultsFile);
  }
  const made = await pvesh<{ vnet: string }[]>("/cluster/sdn/vnets", "--pending 1");
  expect(made.map(({ vnet }) => vnet)).toContain("vnet105");

  const { code, output } = await lab();
  expect(output).toContain("an update was killed before: its lock on the stack is released");
  expect(output).toContain("an update was killed before: state and cluster are brought together");
  expect(code).toBe(0);
  const vnets = await pvesh<{ vnet: string }[]>("/cluster/sdn/vnets", "--pending 1");
  expect(vnets.map(({ vnet }) => vnet)).not.toContain("vnet105");
  expect(await pending()).toEqual([]);
  for (const node of NODES) {
    expect((await on(node, "ip -br link")).output).not.toContain("vnet105");
  }
  expect(await pulumi(["preview", "--expect-no-changes"])).toMatchObject({ code: 0 });
});

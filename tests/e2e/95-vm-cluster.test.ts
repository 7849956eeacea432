import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { vmClusterEnvironment } from "../../lab/commands/vm-cluster";
import { labShell } from "../../lab/toolchain/env";
import { githubComments } from "../fixtures/github";
import { linkedCheckout, runJob, withoutInstalling, workflow } from "../fixtures/workflow";
import { readPreview } from "../../cli/preview/document";
import { lostMachines } from "../../cli/preview/changes";
import { eventually, lab, on, paths, ping, pvesh, up, type Result } from "./harness";

// The runbook of docs/migration.md: its commands, in its order, there and back.
jest.setTimeout(1_200_000);

const MACHINES = ["talos-101-1", "talos-101-2", "talos-101-3"];
const VNET = ["fd00:101::1f", "fd00:101::20", "fd00:101::21"];
const VLAN = ["fd00:1:101::1f", "fd00:1:101::20", "fd00:1:101::21"];

const vmCluster = (...args: string[]) => lab("vm-cluster", ...args);
const switchTo = (useSdn: boolean) =>
  vmCluster("config", "set", "--path", "network.use_sdn", String(useSdn));

async function ended(work: Promise<Result>): Promise<string> {
  const { code, output } = await work;
  if (code !== 0) throw new Error(`ended with ${code}:\n${output}`);
  return output;
}

/** `pulumi preview --json` alone on standard output. */
async function preview(): Promise<string> {
  const env = { ...process.env, ...(await vmClusterEnvironment(paths)) };
  const cwd = path.join(paths.root, "examples", "vm-cluster");
  return new Promise((resolve, reject) => {
    const child = spawn("pulumi", ["preview", "--json", "--stack", "lab"], { cwd, env });
    let text = "";
    child.stdout.on("data", (data: Buffer) => (text += data.toString()));
    child.on("error", reject);
    child.on("close", () => resolve(text));
  });
}

/** A checkout in which both stacks are the lab's; the machines' config is the one that was switched. */
function checkoutOfLab(): string {
  const checkout = linkedCheckout();
  const consumer = path.join("examples", "vm-cluster");
  fs.rmSync(path.join(checkout, "examples"));
  fs.mkdirSync(path.join(checkout, consumer), { recursive: true });
  for (const name of fs.readdirSync(path.join(paths.root, consumer))) {
    fs.symlinkSync(path.join(paths.root, consumer, name), path.join(checkout, consumer, name));
  }
  for (const [at, stack] of [
    [".", "Pulumi.lab.yaml"],
    [consumer, "Pulumi.vm-cluster.yaml"],
  ] as const) {
    const file = path.join(checkout, at, "Pulumi.lab.yaml");
    fs.rmSync(file);
    fs.copyFileSync(path.join(paths.lab, stack), file);
  }
  return checkout;
}

/** The comment that preview.yml writes for a pull request with the switched config. */
async function pullRequest(): Promise<string> {
  const checkout = checkoutOfLab();
  const bin = fs.mkdtempSync(path.join(os.tmpdir(), "runner-"));
  const github = githubComments(bin);
  withoutInstalling(bin);
  const { PULUMI_OPTION_CONFIG_FILE: _stack, ...env } = labShell(paths.root);
  const { PULUMI_CONFIG_PASSPHRASE_FILE: passphrase = "", ...runner } = env;
  try {
    const ran = await runJob(
      workflow("preview.yml").content.jobs.preview as never,
      checkout,
      {
        "vars.EVPN_STACK": "lab",
        "vars.EVPN_COMMENT_OPTIONS": " ",
        "vars.EVPN_CONSUMER": "examples/vm-cluster",
        "vars.EVPN_CONSUMER_STACK": "lab",
        "vars.PULUMI_BACKEND_URL": env.PULUMI_BACKEND_URL ?? "",
        "secrets.PULUMI_CONFIG_PASSPHRASE": fs.readFileSync(passphrase, "utf8").trim(),
        "github.token": "token-of-the-test",
        "github.event.pull_request.number": "12",
      },
      { ...process.env, ...runner, ...github.environment, PATH: `${bin}:${env.PATH}` },
    );
    expect(ran.filter(({ code }) => code !== 0)).toEqual([]);
    expect(ran.map(({ name }) => name)).toContain("Preview the consumer");
    return github.comments()[1]?.body ?? "";
  } finally {
    fs.rmSync(checkout, { recursive: true, force: true });
    fs.rmSync(bin, { recursive: true, force: true });
  }
}

/** Every machine to every other one. */
async function allAnswer(addresses: string[]): Promise<void> {
  for (const [at, machine] of MACHINES.entries()) {
    for (const address of addresses.filter((_, other) => other !== at)) {
      await eventually(
        () => ping(machine, address),
        (answered) => answered > 0,
      );
    }
  }
}

const configOf = (at: number) =>
  pvesh<Record<string, string>>(`/nodes/pve0${at + 1}/qemu/${1011 + at}/config`);

beforeAll(() => up());
afterAll(async () => {
  await vmCluster("destroy", "--yes", "--skip-preview");
  fs.rmSync(path.join(paths.lab, "Pulumi.vm-cluster.yaml"), { force: true });
});

it("machines stand in the VNet, with its MTU, addresses and gateways", async () => {
  const output = await ended(vmCluster("up", "--yes", "--skip-preview"));
  expect(output).toContain("network.mesh_mtu is 8930, but vnet101 carries 1450 bytes");
  expect(await configOf(0)).toMatchObject({
    net0: expect.stringMatching(/,bridge=vnet101,mtu=1450$/),
    net1: expect.stringMatching(/,bridge=vnet101,mtu=1450$/),
    ipconfig0: expect.stringContaining("ip6=fd00:101::1f/64,gw6=fd00:101::1"),
  });
  await allAnswer(VNET);
  // The gateway, and a packet as large as the VNet carries.
  expect(await ping("talos-101-1", "fd00:101::1")).toBeGreaterThan(0);
  expect(await ping("talos-101-1", VNET[2] ?? "", 1450)).toBeGreaterThan(0);
});

it("switching to the VLAN: the preview says that every machine is made anew, and it is", async () => {
  const before = (await configOf(0)).net0;
  await ended(switchTo(false));
  const lost = lostMachines(readPreview(await preview(), "preview"));
  expect(lost.sort((a, b) => a.vmId.localeCompare(b.vmId))).toEqual(
    MACHINES.map((name, at) => ({
      name,
      change: "replace",
      vmId: String(1011 + at),
      node: `pve0${at + 1}`,
      from: "vnet101",
      to: "vmbr0 tag 101",
    })),
  );
  const comment = await pullRequest();
  for (const name of MACHINES) {
    expect(comment).toMatch(new RegExp(`${name}.*vnet101.*vmbr0 tag 101`));
  }
  expect(comment).not.toContain("token-of-the-test");
  await ended(vmCluster("up", "--yes", "--skip-preview"));
  expect((await configOf(0)).net0).toMatch(/,bridge=vmbr0,mtu=1500,tag=101$/);
  expect((await configOf(0)).net0).not.toBe(before);
  await allAnswer(VLAN);
  const { output } = await on("pve01", "ip -br link show master vmbr0v101");
  expect(output).toMatch(/^tap1011i0/m);
});

it("and back: the machines have their numbers, and answer in the VNet", async () => {
  await ended(switchTo(true));
  await ended(vmCluster("up", "--yes", "--skip-preview"));
  const rows = await pvesh<{ vmid: number; status: string }[]>("/cluster/resources", "--type vm");
  const ours = rows.filter(({ vmid }) => vmid > 1000).sort((a, b) => a.vmid - b.vmid);
  expect(ours.map(({ vmid, status }) => [vmid, status])).toEqual([
    [1011, "running"],
    [1012, "running"],
    [1013, "running"],
  ]);
  await allAnswer(VNET);
});

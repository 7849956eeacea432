import { ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse, stringify } from "yaml";
import { labPaths } from "../../lab/paths";
import type { PveVersion } from "../../pve-model/types";
import { labShell } from "../../lab/toolchain/env";

/** End-to-end tests ask the nodes themselves, through OpenSSH, and never the program's own output. */

export const NODES = ["pve01", "pve02", "pve03"] as const;
export type NodeName = (typeof NODES)[number];
export const VTEP: Record<NodeName, string> = {
  pve01: "10.255.0.1",
  pve02: "10.255.0.2",
  pve03: "10.255.0.3",
};
export const others = (node: NodeName) => NODES.filter((other) => other !== node);

export const paths = labPaths(path.join(__dirname, "..", ".."));

/** What the PVE stand-in is asked to do wrong; see lab/pve/faults.ts. */
export const faultsFile = path.join(paths.lab, "pve", "faults.json");

export interface Result {
  code: number;
  /** Standard output and error as they came. */
  output: string;
  stdout: string;
}

function run(program: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<Result> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: paths.root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    let stdout = "";
    child.stdout.on("data", (data: Buffer) => {
      output += data.toString();
      stdout += data.toString();
    });
    child.stderr.on("data", (data: Buffer) => (output += data.toString()));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code: code ?? -1, output, stdout }));
  });
}

/** `npm run lab -- …` as the user runs it. */
export function lab(...args: string[]): Promise<Result> {
  return run("npm", ["run", "-s", "lab", "--", ...args]);
}

type StackConfig = Record<string, unknown>;

/** The lab's environment; with `change` a copy of the stack's config, edited, is the stack's config. */
function environment(change?: (config: StackConfig) => void): NodeJS.ProcessEnv {
  const env = labShell(paths.root);
  if (!change) return env;
  const file = path.join(paths.lab, "Pulumi.lab.yaml");
  const content = parse(fs.readFileSync(file, "utf8")) as { config: StackConfig };
  change(content.config);
  const copy = path.join(paths.lab, "Pulumi.lab.changed.yaml");
  fs.writeFileSync(copy, stringify(content), { mode: 0o600 });
  return { ...env, PULUMI_OPTION_CONFIG_FILE: copy };
}

/** Runs the lab's Pulumi; `change` edits a copy of the stack's config for this run alone. */
export async function pulumi(
  args: string[],
  change?: (config: StackConfig) => void,
): Promise<Result> {
  const env = environment(change);
  return run("pulumi", [...args, "--stack", "lab", "--non-interactive"], env);
}

/** Starts `pulumi up` and does not wait for it. */
export function startUp(change?: (config: StackConfig) => void): ChildProcess {
  const args = ["up", "--yes", "--skip-preview", "--stack", "lab", "--non-interactive"];
  const env = { ...process.env, ...environment(change) };
  return spawn("pulumi", args, { cwd: paths.root, env, stdio: "ignore" });
}

/** `pulumi up` that must succeed; its output is the message when it does not. */
export async function up(change?: (config: StackConfig) => void): Promise<string> {
  const { code, output } = await pulumi(["up", "--yes", "--skip-preview"], change);
  if (code !== 0) throw new Error(`pulumi up ended with ${code}:\n${output}`);
  return output;
}

/** Removes all test guests: a destroy refuses while they run. `npm run lab` adds the standard ones. */
export async function removeGuests(): Promise<void> {
  const { output } = await on("lab", "lab-guest list");
  const names = output.split("\n").flatMap((line) => /^(\S+) (?:up|gone) /.exec(line)?.[1] ?? []);
  for (const name of names) await on("lab", `lab-guest del ${name}`);
}

/**
 * Lets the PVE stand-in play another version (8.4, 9.1 or 9.2-pre) on an empty cluster: destroys the
 * stack first; `up()` then makes it anew. A file that switches away switches back to 9.1 at its end.
 */
export async function switchPve(version: PveVersion): Promise<void> {
  await removeGuests();
  const { code, output } = await pulumi(["destroy", "--yes", "--skip-preview"]);
  if (code !== 0) throw new Error(`pulumi destroy ended with ${code}:\n${output}`);
  const prepared = await lab("prepare", "--pve", version);
  if (prepared.code !== 0) throw new Error(`lab prepare ended with:\n${prepared.output}`);
}

/** `evpn …` as a user runs it in the lab's shell. */
export function evpn(...args: string[]): Promise<Result> {
  const argv = ["--import", "tsx", path.join(paths.root, "cli", "evpn.ts"), ...args];
  return run(process.execPath, argv, labShell(paths.root));
}

/** `evpn … --stack lab` with an edited copy of the stack's config. */
export function evpnWith(
  change: ((config: StackConfig) => void) | undefined,
  ...args: string[]
): Promise<Result> {
  const argv = ["--import", "tsx", path.join(paths.root, "cli", "evpn.ts"), ...args];
  return run(process.execPath, [...argv, "--stack", "lab"], environment(change));
}

/** A command on a node (or in the guest's root namespace, `lab`). */
export async function on(host: NodeName | "lab", command: string): Promise<Result> {
  return run("ssh", ["-F", paths.sshConfig, host, command]);
}

/** JSON that a command on a node prints. */
export async function json<T>(host: NodeName | "lab", command: string): Promise<T> {
  const { code, output } = await on(host, command);
  if (code !== 0) throw new Error(`${host}: ${command} ended with ${code}: ${output}`);
  return JSON.parse(output) as T;
}

export const vtysh = <T>(node: NodeName, command: string) =>
  json<T>(node, `vtysh -c '${command} json'`);

export const pvesh = <T>(path: string, options = "") =>
  json<T>("pve01", `pvesh get ${path} ${options} --output-format json`);

/** What the cluster says that it runs: 8.4, 9.1 or 9.2. */
export const release = async () => (await pvesh<{ release: string }>("/version")).release;

/** Packets of `size` bytes on the wire (IP header included) that a guest sends and that are answered. */
export async function ping(guest: string, address: string, size?: number): Promise<number> {
  const headers = address.includes(":") ? 40 + 8 : 20 + 8;
  const payload = size === undefined ? "" : `-M do -s ${size - headers}`;
  const { output } = await on(
    "lab",
    `lab-guest exec ${guest} ping -n -q -c 3 -i 0.3 -W 2 ${payload} ${address}`,
  );
  return Number(/(\d+) received/.exec(output)?.[1] ?? 0);
}

/** Addresses outside the cluster; nothing there has a route back to the VNets. */
export const OUTSIDE = {
  /** Behind every node's default gateway (vmbr0). */
  upstream: { ipv4: "203.0.113.1", ipv6: "2001:db8:ffff::1" },
  /** Behind the edge router's VRF: reached by its type-5 default route alone. */
  behindEdge: { ipv4: "198.51.100.1", ipv6: "2001:db8:eeee::1" },
  /** The edge router on the management network: EVPN peer and VTEP, AS 65000. */
  edge: { ipv4: "10.0.10.250", ipv6: "2001:db8:10::250", asn: 65000 },
} as const;

/**
 * Pings an outside address from a guest three times: how many were answered, and which addresses the
 * outside saw them come from (a node's, when it did SNAT).
 */
export const pingOutside = (guest: string, address: string) =>
  json<{ received: number; sources: string[] }>("lab", `lab-outside ping ${guest} ${address}`);

/** Starts or stops the edge router (see lab-edge in lab/guest/guestfs). It waits for sessions. */
export async function edgeRouter(action: "start" | "stop"): Promise<void> {
  const { code, output } = await on("lab", `lab-edge ${action}`);
  if (code !== 0) throw new Error(`lab-edge ${action} ended with ${code}: ${output}`);
}

/** JSON that the edge router's FRR shows, as `vtysh` does for a node. */
export const edgeVtysh = <T>(command: string) =>
  json<T>("lab", `lab-edge vtysh -c '${command} json' 2>/dev/null`);

/** Does some work while nothing comes in over a node's mesh, whose links stay up. */
export async function withDeafMesh<T>(node: NodeName, work: () => Promise<T>): Promise<T> {
  const drop = (how: "-I" | "-D") =>
    ["iptables", "ip6tables"]
      .map((tables) => `${tables} -t raw ${how} PREROUTING -i enp1s0f+ -j DROP`)
      .join("; ");
  await on(node, drop("-I"));
  try {
    return await work();
  } finally {
    await on(node, drop("-D"));
  }
}

/** Polls until the condition holds. @throws with what was seen last, after `seconds` */
export async function eventually<T>(
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
  seconds = 60,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (Date.now() > deadline) {
      throw new Error(`Not true within ${seconds} s; seen last: ${JSON.stringify(seen)}`);
    }
    await sleep(1000);
  }
}

/** How many cluster-wide applies the PVE stand-in has run. */
export function applies(): number {
  const file = path.join(paths.lab, "pve", "applies.jsonl");
  if (!fs.existsSync(file)) return 0;
  return fs.readFileSync(file, "utf8").split("\n").filter(Boolean).length;
}

interface Pending {
  state?: string;
}

/** Everything that is pending in the cluster's SDN config. */
export async function pending(): Promise<unknown[]> {
  const vnets = await pvesh<(Pending & { vnet: string })[]>("/cluster/sdn/vnets", "--pending 1");
  const subnets = await Promise.all(
    vnets.map(({ vnet }) => pvesh<Pending[]>(`/cluster/sdn/vnets/${vnet}/subnets`, "--pending 1")),
  );
  const zones = await pvesh<Pending[]>("/cluster/sdn/zones", "--pending 1");
  const controllers = await pvesh<Pending[]>("/cluster/sdn/controllers", "--pending 1");
  return [...vnets, ...subnets.flat(), ...zones, ...controllers].filter(({ state }) => state);
}

import * as path from "node:path";
import { startAgent } from "../guest/agent";
import { startGuest } from "../guest/lifecycle";
import { ensureHostPackages } from "../guest/packages";
import { addGuest, pingAll, standardGuests } from "../guests";
import type { LabPaths } from "../paths";
import { readPorts } from "../ports";
import type { Progress } from "../progress";
import type { PveVersion } from "../../pve-model/types";
import { keptVersion, startPve } from "../pve/standin";
import {
  dropEmptyNotes,
  ensureStack,
  interactive,
  releaseStaleLock,
  STACK,
  wasInterrupted,
} from "../pulumi";
import { trackedConfig, writeStackConfig } from "../stack-config";
import { ensureToolchain, toolLine } from "../toolchain/ensure";
import { labShell } from "../toolchain/env";
import { toolchainLayout } from "../toolchain/layout";

const VERIFY_WAIT_SECONDS = "60";

/**
 * Everything up to the point where `pulumi up --stack lab` works.
 * @param pve the version that the PVE stand-in is to play from now on; default: as before, first 9.1
 * @returns the lab's environment
 */
export async function prepare(
  paths: LabPaths,
  progress: Progress,
  pve: PveVersion = keptVersion(paths),
): Promise<Record<string, string>> {
  await ensureHostPackages(progress);
  const tools = await ensureToolchain(progress, paths.root);
  tools.forEach((tool) => progress.note(toolLine(tool)));
  progress.note(
    `Proxmox VE itself: stand-in for ${pve} (API, pvesh and apply; what it does on a node is real)`,
  );
  await startGuest(progress, paths);
  await startPve(progress, paths, pve);
  const ports = readPorts(paths);
  if (!ports)
    throw new Error("The lab's ports are not known: .lab/lab.json was removed meanwhile.");
  const { replaced } = writeStackConfig(paths, ports);
  if (replaced)
    progress.note(`${trackedConfig(paths)} changed: the lab's config is made anew from it`);
  await startAgent(paths);
  const env = labShell(paths.root);
  dropEmptyNotes(toolchainLayout(paths.root).state);
  if (await releaseStaleLock(paths, env)) {
    progress.note("an update was killed before: its lock on the stack is released");
  }
  await progress.step("stack `lab`", () => ensureStack(paths, env));
  return env;
}

function evpn(paths: LabPaths, env: Record<string, string>, args: string[]): Promise<number> {
  const cli = path.join(paths.root, "cli", "evpn.ts");
  return interactive(paths, env, process.execPath, ["--import", "tsx", cli, ...args]);
}

const howToGoOn = ({ root, sshConfig }: LabPaths) => `
How to go on:
  eval "$(npm run -s lab -- env)"        then pulumi preview|up|refresh|destroy --stack lab
  ssh -F ${path.relative(root, sshConfig)} pve01           a node (vtysh, ip, bridge, pvesh)
  npm run lab -- guest list              the test guests; guest add|del|exec
  npm run lab -- down                    stops everything; the next \`npm run lab\` goes on from there
`;

/** The main job: lab, `pulumi up`, guests, and a table of what is true. @returns the exit code */
export async function labUp(
  paths: LabPaths,
  progress: Progress,
  pve?: PveVersion,
): Promise<number> {
  const env = await prepare(paths, progress, pve);
  if (wasInterrupted(paths)) {
    progress.note("an update was killed before: state and cluster are brought together");
    const recovered = await evpn(paths, env, ["recover", "--stack", STACK]);
    if (recovered !== 0) return recovered;
  }
  progress.note("pulumi up --stack lab");
  const code = await interactive(paths, env, "pulumi", ["up", "--stack", STACK, "--yes"]);
  if (code !== 0) {
    progress.note(
      "pulumi up did not end well: its own lines above say why; `npm run lab` goes on from here",
    );
    return code;
  }
  await progress.step("test guests", async () => {
    for (const guest of standardGuests) await addGuest(paths, guest);
  });
  const pings = await progress.step("pings between guests", () => pingAll(paths));
  process.stdout.write("\n");
  const verified = await evpn(paths, env, [
    "verify",
    "--stack",
    STACK,
    "--wait",
    VERIFY_WAIT_SECONDS,
  ]);
  const lost = pings.filter(({ answered }) => !answered);
  process.stdout.write(
    `\nguest to guest: ${pings.length - lost.length}/${pings.length} pings answered\n`,
  );
  lost.forEach(({ from, to }) => process.stdout.write(`  ${from} to ${to}: no answer\n`));
  process.stdout.write(howToGoOn(paths));
  return verified === 0 && lost.length === 0 ? 0 : 1;
}

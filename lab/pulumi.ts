import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { run, lastLines } from "./guest/process";
import type { LabPaths } from "./paths";
import { toolchainLayout } from "./toolchain/layout";
import { ensureStackExists } from "./toolchain/stack";

export const STACK = "lab";

type Environment = Record<string, string>;

async function pulumi(paths: LabPaths, env: Environment, args: string[]): Promise<string> {
  const result = await run("pulumi", args, {
    cwd: paths.root,
    env: { ...process.env, ...env },
    timeoutMs: 120_000,
  });
  if (result.code !== 0) {
    throw new Error(
      `\`pulumi ${args.join(" ")}\` failed:\n${lastLines(result.stderr || result.stdout, 15)}`,
    );
  }
  return result.stdout;
}

/** Makes the stack once. */
export async function ensureStack(paths: LabPaths, env: Environment): Promise<void> {
  await ensureStackExists(paths.root, STACK, { ...process.env, ...env });
}

interface Lock {
  pid: number;
}

/** All files below a folder; none when it is not there. */
function filesBelow(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  const names = fs.readdirSync(folder, { recursive: true, encoding: "utf8" });
  return names.map((name) => path.join(folder, name));
}

const filesOfState = ({ root }: LabPaths, part: "locks" | "stacks") =>
  filesBelow(path.join(toolchainLayout(root).state, ".pulumi", part));

/** The locks that updates hold on the lab's stacks. */
export const lockFiles = (paths: LabPaths) =>
  filesOfState(paths, "locks").filter((file) => file.endsWith(".json"));

/** Those whose holder does not run any more: an update that was killed left them. */
function staleLocks(paths: LabPaths): string[] {
  return lockFiles(paths).filter((file) => {
    const { pid } = JSON.parse(fs.readFileSync(file, "utf8")) as Lock;
    return !fs.existsSync(`/proc/${pid}`);
  });
}

/**
 * Pulumi's storage library writes its notes beside the state, unlike the state itself, not at once: a
 * kill leaves an empty one, over which every command then fails with `EOF`. It holds nothing that is used.
 * @param state folder of a state in files
 */
export function dropEmptyNotes(state: string): void {
  for (const file of filesBelow(state)) {
    if (file.endsWith(".attrs") && fs.statSync(file).size === 0) fs.rmSync(file);
  }
}

/** After an update that was killed: lets go of its lock. @returns whether there was one */
export async function releaseStaleLock(paths: LabPaths, env: Environment): Promise<boolean> {
  if (staleLocks(paths).length === 0) return false;
  await pulumi(paths, env, ["cancel", "--yes", "--stack", STACK]);
  return true;
}

/** Whether the state tells of operations that an update began and did not record. */
export function wasInterrupted(paths: LabPaths): boolean {
  const stacks = filesOfState(paths, "stacks");
  const file = stacks.find((each) => path.basename(each) === `${STACK}.json`);
  if (file === undefined) return false;
  const { checkpoint } = JSON.parse(fs.readFileSync(file, "utf8")) as {
    checkpoint?: { latest?: { pending_operations?: unknown[] } };
  };
  return (checkpoint?.latest?.pending_operations ?? []).length > 0;
}

/**
 * Runs a program with the lab's environment and the terminal's own output.
 * @returns its exit code; 130 when a signal ended it
 */
export function interactive(
  paths: LabPaths,
  env: Environment,
  program: string,
  args: readonly string[],
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: paths.root,
      env: { ...process.env, ...env },
      stdio: "inherit",
    });
    // Ctrl-C reaches Pulumi too, which then ends its running steps: this process waits for it.
    const wait = () => undefined;
    process.on("SIGINT", wait);
    child.on("error", (error) =>
      reject(new Error(`${program} could not be started: ${error.message}`)),
    );
    child.on("close", (code, signal) => {
      process.off("SIGINT", wait);
      resolve(signal ? 130 : (code ?? 1));
    });
  });
}

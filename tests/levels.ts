import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { stopLab } from "../lab/commands/stop";
import { prepare } from "../lab/commands/up";
import { keepFrrRoot } from "../lab/guest/frr-root";
import { resetGuest } from "../lab/guest/lifecycle";
import { type FrrRoot, labPaths } from "../lab/paths";
import { progressTo } from "../lab/progress";
import { PveVersion } from "../pve-model/types";
import { Level } from "./selection";

/** How a level of tests is run: jest in a process of its own, on a lab that begins empty where it needs one. */

export interface Count {
  passed: number;
  failed: number;
}

export const total = (counts: Count[]): Count => ({
  passed: counts.reduce((sum, { passed }) => sum + passed, 0),
  failed: counts.reduce((sum, { failed }) => sum + failed, 0),
});

export const root = path.join(__dirname, "..");
export const progress = progressTo(process.stderr);
/** For a part that ends within an ordinary run's hour. */
const HOUR = 60;
/** Of the lab that is meant now. */
const paths = () => labPaths(root);

/** @param output a file that takes what it prints; else the terminal */
export function node(args: string[], minutes = 15, output?: string): Promise<number> {
  const file = output === undefined ? undefined : fs.openSync(output, "w");
  const stream = file ?? "inherit";
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      stdio: ["inherit", stream, stream],
      timeout: minutes * 60_000,
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (file !== undefined) fs.closeSync(file);
      if (signal) progress.note(`stopped by ${signal}; it may take ${minutes} min`);
      resolve(code ?? 1);
    });
  });
}

export const bin = (name: string) => path.join(root, "node_modules", name);

interface JestRun {
  /** jest's arguments that choose among the level's files; all of them without any. */
  files?: string[];
  /** A file that takes what it prints; it has one core then, else what it needs. */
  output?: string;
  minutes?: number;
}

/** jest's own count; a level whose jest did not get as far as counting is one failure. */
export async function jest(level: Level, run: JestRun = {}): Promise<Count> {
  const { files = [], output, minutes = HOUR } = run;
  const results = path.join(root, ".lab", "test-results", `${level}.json`);
  fs.mkdirSync(path.dirname(results), { recursive: true });
  fs.rmSync(results, { force: true });
  // A test that failed before its clean-up may leave a server open, which must not hold up the run.
  const options = ["--json", `--outputFile=${results}`, "--verbose", "--forceExit", ...files];
  // End-to-end tests share one lab. Providers' tests mostly wait for what they started.
  if (level === "e2e" || level === "seed") options.push("--runInBand");
  if (level === "providers") options.push(`--maxWorkers=${output === undefined ? 2 : 1}`);
  const code = await node(
    [bin("jest/bin/jest.js"), "--selectProjects", level, ...options],
    minutes,
    output,
  );
  if (!fs.existsSync(results)) return { passed: 0, failed: 1 };
  const found = JSON.parse(fs.readFileSync(results, "utf8")) as {
    numPassedTests: number;
    numFailedTests: number;
    numRuntimeErrorTestSuites: number;
  };
  const failed = found.numFailedTests + found.numRuntimeErrorTestSuites;
  return { passed: found.numPassedTests, failed: code === 0 ? failed : Math.max(failed, 1) };
}

const stop = () => stopLab(progress, paths());

/** The first e2e test finds nodes that know nothing of a fabric, as `npm run lab` does. */
async function freshLab(version: PveVersion, frr: FrrRoot): Promise<void> {
  progress.note(`the lab of this checkout (FRR: ${frr}) is reset for the end-to-end tests`);
  await stop();
  keepFrrRoot(paths(), frr);
  await stop();
  await resetGuest(progress, paths());
  for (const part of ["pulumi", "pve", "Pulumi.lab.yaml"]) {
    fs.rmSync(path.join(paths().lab, part), { recursive: true, force: true });
  }
  await prepare(paths(), progress, version);
}

/** Does something on a lab that begins empty, and stops it. */
export async function onFreshLab<T>(
  version: PveVersion,
  frr: FrrRoot,
  work: () => Promise<T>,
): Promise<T> {
  const before = paths().frrRoot;
  try {
    await freshLab(version, frr);
    return await work();
  } finally {
    await stop();
    keepFrrRoot(paths(), before);
  }
}

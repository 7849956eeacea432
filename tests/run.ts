import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import { keepFrrRoot } from "../lab/guest/frr-root";
import { resetGuest } from "../lab/guest/lifecycle";
import { ensureHostPackages } from "../lab/guest/packages";
import { ensureToolchain, toolLine } from "../lab/toolchain/ensure";
import { PVE_VERSIONS, PveVersion } from "../pve-model/types";
import { stopLab } from "../lab/commands/stop";
import { prepare } from "../lab/commands/up";
import { type FrrRoot, labPaths } from "../lab/paths";
import { progressTo } from "../lab/progress";
import { Files, Level, LEVELS, LONG, SHORT } from "./selection";

/**
 * `npm test`: types, lint, then every level of tests; the last ones on a lab that begins empty.
 * `npm test -- unit providers` runs these levels alone; `npm run test:matrix` the end-to-end tests on
 * each version of Proxmox VE. The last line is `N passed, N failed`.
 */

interface Count {
  passed: number;
  failed: number;
}

const root = path.join(__dirname, "..");
/** Of the lab that is meant now. */
const paths = () => labPaths(root);
const progress = progressTo(process.stderr);

/** @param output a file that takes what it prints; else the terminal */
function node(args: string[], minutes = 15, output?: string): Promise<number> {
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

const bin = (name: string) => path.join(root, "node_modules", name);

async function staticChecks(): Promise<Count> {
  const checks: [string, string[]][] = [
    ["types (tsc)", [bin("typescript/bin/tsc"), "--noEmit"]],
    ["lint (eslint)", [bin("eslint/bin/eslint.js"), "."]],
    [
      "format (prettier)",
      [bin("prettier/bin/prettier.cjs"), "--check", "--log-level", "warn", "."],
    ],
  ];
  const codes: number[] = [];
  for (const [name, args] of checks) {
    codes.push(await progress.step(name, () => node(args)));
  }
  const failed = codes.filter((code) => code !== 0).length;
  return { passed: codes.length - failed, failed };
}

async function prepareTools(): Promise<void> {
  await ensureHostPackages(progress);
  (await ensureToolchain(progress, root)).forEach((tool) => progress.note(toolLine(tool)));
}

/** jest's arguments for a level's tests, without those of the given lists, which are named. */
function without(level: Level, lists: [string, Files][]): string[] {
  const left = lists.flatMap(([reason, files]) => {
    const some = files[level] ?? [];
    if (some.length > 0) progress.note(`left out, because ${reason}: ${some.join(", ")}`);
    return some;
  });
  return left.length === 0 ? [] : ["--testPathIgnorePatterns", ...left];
}

const ordinary = (level: Level) =>
  without(level, [["an ordinary run ends within an hour (npm run test:matrix)", LONG]]);

/**
 * jest's own count; a level whose jest did not get as far as counting is one failure.
 * @param output a file that takes what it prints; it has one core then, else what it needs
 */
async function jest(level: Level, more: string[] = [], output?: string): Promise<Count> {
  const results = path.join(root, ".lab", "test-results", `${level}.json`);
  fs.mkdirSync(path.dirname(results), { recursive: true });
  fs.rmSync(results, { force: true });
  // A test that failed before its clean-up may leave a server open, which must not hold up the run.
  const options = ["--json", `--outputFile=${results}`, "--verbose", "--forceExit", ...more];
  // End-to-end tests share one lab. Providers' tests mostly wait for what they started.
  if (level === "e2e" || level === "seed") options.push("--runInBand");
  if (level === "providers") options.push(`--maxWorkers=${output === undefined ? 2 : 1}`);
  const code = await node(
    [bin("jest/bin/jest.js"), "--selectProjects", level, ...options],
    60,
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

/** The version of an ordinary run. */
const STANDARD: PveVersion = "9.1";

/** Does something on a lab that begins empty, and stops it. */
async function onFreshLab<T>(
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

const endToEnd = (version: PveVersion, more: string[] = [], level: "e2e" | "seed" = "e2e") =>
  onFreshLab(version, level === "seed" ? "latest" : "stable", () => jest(level, more));

const run = (level: Level) =>
  level === "e2e" || level === "seed"
    ? endToEnd(STANDARD, ordinary(level), level)
    : jest(level, ordinary(level));

/**
 * The lab keeps one core busy and the providers' tests mostly wait: together they take no longer. Both
 * use this checkout's Pulumi, so they begin when the lab is there, and end before the other one is.
 */
async function providersBesideEndToEnd(): Promise<Count[]> {
  const output = path.join(root, ".lab", "test-results", "providers.log");
  fs.mkdirSync(path.dirname(output), { recursive: true });
  progress.note("the providers' tests run beside the end-to-end tests; their output follows");
  const counts = await Promise.all([
    jest("e2e", ordinary("e2e")),
    jest("providers", ordinary("providers"), output),
  ]);
  process.stdout.write(fs.readFileSync(output));
  return counts;
}

/** The files of one list, at every level. */
async function only(files: Files): Promise<Count[]> {
  const counts: Count[] = [];
  for (const [level, some] of Object.entries(files) as [Level, string[]][]) {
    const asked = ["--testPathPattern", ...some];
    const isOnLab = level === "e2e" || level === "seed";
    counts.push(isOnLab ? await endToEnd(STANDARD, asked, level) : await jest(level, asked));
  }
  return counts;
}

/**
 * Everything end to end on each version, and on the seed's cluster; an update killed at each of its
 * writes.
 */
async function matrix(): Promise<Count[]> {
  process.env.EVPN_KILL_POINTS = "all";
  await prepareTools();
  const counts = [await jest("providers", ["--testPathPattern", "providers/interrupted"])];
  const left: [string, Files][] = [["each version has its own run here", SHORT]];
  for (const version of PVE_VERSIONS) {
    progress.note(`Proxmox VE ${version}`);
    counts.push(await endToEnd(version, without("e2e", left)));
  }
  return [...counts, await endToEnd(STANDARD, [], "seed")];
}

const total = (counts: Count[]): Count => ({
  passed: counts.reduce((sum, { passed }) => sum + passed, 0),
  failed: counts.reduce((sum, { failed }) => sum + failed, 0),
});

async function main(asked: string[]): Promise<Count> {
  if (asked.length === 1 && asked[0] === "matrix") return total(await matrix());
  if (asked.length === 1 && asked[0] === "long") return total(await only(LONG));
  const unknown = asked.filter((level) => !(LEVELS as readonly string[]).includes(level));
  if (unknown.length > 0) {
    throw new Error(`There is no level ${unknown.join(", ")}; there are ${LEVELS.join(", ")}.`);
  }
  if (asked.length === 0) {
    const counts = [await staticChecks(), await run("unit"), await run("components")];
    await prepareTools();
    counts.push(...(await onFreshLab(STANDARD, "stable", providersBesideEndToEnd)));
    return total([...counts, await run("seed")]);
  }
  const counts: Count[] = [];
  for (const level of LEVELS) {
    if (!asked.includes(level)) continue;
    // Building the CLI takes minutes, which are no test's.
    if (level === "providers") await prepareTools();
    counts.push(await run(level));
  }
  return total(counts);
}

main(process.argv.slice(2)).then(
  ({ passed, failed }) => {
    process.stdout.write(`${passed} passed, ${failed} failed\n`);
    process.exitCode = failed === 0 ? 0 : 1;
  },
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.stdout.write("0 passed, 1 failed\n");
    process.exitCode = 1;
  },
);

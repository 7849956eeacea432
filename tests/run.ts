import * as fs from "node:fs";
import * as path from "node:path";
import { ensureHostPackages } from "../lab/guest/packages";
import { ensureToolchain, toolLine } from "../lab/toolchain/ensure";
import { PveVersion } from "../pve-model/types";
import { bin, Count, jest, node, onFreshLab, progress, root, total } from "./levels";
import { Files, Level, LEVELS, LONG, MATRIX, MatrixPart, SHORT } from "./selection";

/**
 * `npm test`: types, lint, then every level of tests; the last ones on a lab that begins empty.
 * `npm test -- unit providers` runs these levels alone, `npm test -- long` what an ordinary run leaves
 * out, `npm run test:matrix` the end-to-end tests on each version of Proxmox VE. The last line is
 * `N passed, N failed`.
 */

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

/** jest's arguments for a level's tests, without those of the given list, which are named. */
function without(level: Level, files: Files, reason: string): string[] {
  const left = files[level] ?? [];
  if (left.length === 0) return [];
  progress.note(`left out, because ${reason}: ${left.join(", ")}`);
  return ["--testPathIgnorePatterns", ...left];
}

const ordinary = (level: Level) =>
  without(level, LONG, "an ordinary run ends within an hour (npm run test:matrix)");

/** The version of an ordinary run. */
const STANDARD: PveVersion = "9.1";

const onSeedsCluster = (files: string[], minutes?: number) =>
  onFreshLab(STANDARD, "latest", () => jest("seed", { files, minutes }));
const onLabsCluster = (version: PveVersion, files: string[], minutes?: number) =>
  onFreshLab(version, "stable", () => jest("e2e", { files, minutes }));

function run(level: Level): Promise<Count> {
  const files = ordinary(level);
  if (level === "seed") return onSeedsCluster(files);
  return level === "e2e" ? onLabsCluster(STANDARD, files) : jest(level, { files });
}

/**
 * The lab keeps one core busy and the providers' tests mostly wait: together they take no longer. Both
 * use this checkout's Pulumi, so they begin when the lab is there, and end before the other one is.
 */
async function providersBesideEndToEnd(): Promise<Count[]> {
  const output = path.join(root, ".lab", "test-results", "providers.log");
  fs.mkdirSync(path.dirname(output), { recursive: true });
  progress.note("the providers' tests run beside the end-to-end tests; their output follows");
  const counts = await Promise.all([
    jest("e2e", { files: ordinary("e2e") }),
    jest("providers", { files: ordinary("providers"), output }),
  ]);
  process.stdout.write(fs.readFileSync(output));
  return counts;
}

/** For parts that may take longer than an ordinary run. */
const HOURS = 240;

/** What an ordinary run leaves out. */
async function long(): Promise<Count[]> {
  const asked = (files: string[]) => ["--testPathPattern", ...files];
  return [
    await onLabsCluster(STANDARD, asked(LONG.e2e), HOURS),
    await onSeedsCluster(asked(LONG.seed), HOURS),
  ];
}

async function matrixPart(part: MatrixPart): Promise<Count> {
  switch (part) {
    case "interrupted":
      process.env.EVPN_KILL_POINTS = "all";
      return jest("providers", { files: ["--testPathPattern", "providers/interrupted"] });
    case "seed":
      return onSeedsCluster([], HOURS);
    default:
      return onLabsCluster(part, without("e2e", SHORT, "each version has its own run here"), HOURS);
  }
}

/** Some parts of the matrix or all of them, and at the end how each of them went. */
async function matrix(parts: readonly MatrixPart[]): Promise<Count[]> {
  await prepareTools();
  const counts: Count[] = [];
  const lines: string[] = [];
  for (const part of parts) {
    const since = Date.now();
    progress.note(`matrix: ${part}`);
    const count = await matrixPart(part);
    counts.push(count);
    const minutes = Math.round((Date.now() - since) / 60_000);
    lines.push(`${part}: ${count.passed} passed, ${count.failed} failed (${minutes} min)`);
  }
  lines.forEach((line) => progress.note(line));
  return counts;
}

async function levels(asked: readonly Level[]): Promise<Count[]> {
  const counts: Count[] = [];
  for (const level of LEVELS.filter((level) => asked.includes(level))) {
    // Building the CLI takes minutes, which are no test's.
    if (level === "providers") await prepareTools();
    counts.push(await run(level));
  }
  return counts;
}

async function everything(): Promise<Count[]> {
  const counts = [await staticChecks(), await run("unit"), await run("components")];
  await prepareTools();
  counts.push(...(await onFreshLab(STANDARD, "stable", providersBesideEndToEnd)));
  return [...counts, await run("seed")];
}

/** @throws Error if one of the words is not among the known ones */
function known<T extends string>(asked: string[], what: string, all: readonly T[]): T[] {
  const unknown = asked.filter((word) => !(all as readonly string[]).includes(word));
  if (unknown.length === 0) return asked as T[];
  throw new Error(`There is no ${what} ${unknown.join(", ")}; there are ${all.join(", ")}.`);
}

async function main(asked: string[]): Promise<Count> {
  const [first, ...rest] = asked;
  if (first === undefined) return total(await everything());
  if (first === "matrix") {
    const parts = known(rest, "part of the matrix called", MATRIX);
    return total(await matrix(parts.length === 0 ? MATRIX : parts));
  }
  if (first === "long" && rest.length === 0) return total(await long());
  return total(await levels(known(asked, "level", LEVELS)));
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

// Turns a stand-in's TypeScript into one executable file that starts in a tenth of a second.
import { chmod, mkdir, rename } from "node:fs/promises";
import { createRequire } from "node:module";
import * as path from "node:path";
import type * as esbuild from "esbuild";

// esbuild is what tsx, a dependency of this project, compiles with.
const compiler = createRequire(require.resolve("tsx/package.json"))("esbuild") as typeof esbuild;

/** @param standIn folder below `stand-ins` @param target the executable to write */
export async function compileStandIn(standIn: string, target: string): Promise<void> {
  await mkdir(path.dirname(target), { recursive: true });
  const partial = `${target}.${process.pid}.partial`;
  // Not `build`: its service process would outlive the call.
  compiler.buildSync({
    entryPoints: [path.join(__dirname, "stand-ins", standIn, "main.ts")],
    outfile: partial,
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    banner: { js: "#!/usr/bin/env node" },
    logLevel: "silent",
  });
  await chmod(partial, 0o755);
  await rename(partial, target); // an engine that runs meanwhile keeps the file it has open
}

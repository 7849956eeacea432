// Builds the Pulumi CLI from its Go module, once per version and platform.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import * as os from "node:os";
import * as path from "node:path";
import type { Progress } from "../progress";
import { isProgram } from "./find";
import type { Layout } from "./layout";
import { withLock } from "./lock";
import { cliModule, cliVersion } from "./versions";

// Without a version the CLI calls itself a development build, and the Automation API refuses it.
const versionVariable = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

const endings = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Where the CLI for this version, these dependencies and this platform is, or would be. */
export async function cachedCli(layout: Layout): Promise<string> {
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}\n`);
  for (const name of ["go.mod", "go.sum"]) {
    hash.update(await readFile(path.join(layout.tools, name)));
  }
  const key = `${cliVersion(layout)}-${hash.digest("hex").slice(0, 16)}`;
  return path.join(layout.cliCache, key, "pulumi");
}

/**
 * Makes sure that the CLI is in the cache: at once when it is, else after some minutes of one or
 * two cores. Two runs at the same time build it once.
 * @throws Error with the last lines of `go build`
 */
export async function buildCli(layout: Layout, progress: Progress): Promise<string> {
  const target = await cachedCli(layout);
  if (isProgram(target)) return target;
  await mkdir(path.dirname(target), { recursive: true });
  await withLock(`${path.dirname(target)}.lock`, async () => {
    if (isProgram(target)) return;
    const version = cliVersion(layout);
    await progress.step(`Pulumi CLI ${version} built from its Go module`, async () => {
      progress.note("the first build takes some minutes; later starts find it in the cache");
      const partial = `${target}.${process.pid}.partial`;
      await goBuild(layout.tools, version, partial, progress);
      await rename(partial, target); // all or nothing: a stopped build leaves no half a program
    });
  });
  return target;
}

async function goBuild(
  cwd: string,
  version: string,
  output: string,
  progress: Progress,
): Promise<void> {
  await rm(output, { force: true });
  const args = ["build", "-v", "-trimpath", "-ldflags", `-s -w -X ${versionVariable}=v${version}`];
  const child = spawn("go", [...args, "-o", output, `${cliModule}/cmd/pulumi`], {
    cwd,
    stdio: ["ignore", "ignore", "pipe"],
  });
  // The guest's image is built beside it, and somebody may be working on this machine.
  if (child.pid) os.setPriority(child.pid, os.constants.priority.PRIORITY_BELOW_NORMAL);
  const stop = () => child.kill("SIGTERM");
  // A signal may reach this process alone (no terminal): the build must not go on without it.
  const onSignal = (signal: NodeJS.Signals) => {
    stop();
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  process.once("exit", stop);
  for (const signal of endings) process.once(signal, onSignal);
  let packages = 0;
  let tail: string[] = [];
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    const lines = text.split("\n").filter(Boolean);
    packages += lines.length;
    tail = [...tail, ...lines].slice(-20);
  });
  const since = Date.now();
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - since) / 1000);
    progress.note(`Pulumi CLI: ${packages} packages compiled after ${seconds} s`);
  }, 30_000);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.on("error", reject).on("close", resolve);
    });
    if (code !== 0) {
      throw new Error(
        `Building the Pulumi CLI failed (go build in ${cwd}, status ${code ?? "stopped"}):\n` +
          `${tail.map((line) => `  ${line}`).join("\n")}\n` +
          "If a module could not be fetched, check the Go module proxy (go env GOPROXY) and run the same command again.",
      );
    }
  } finally {
    clearInterval(timer);
    process.off("exit", stop);
    for (const signal of endings) process.off(signal, onSignal);
  }
}

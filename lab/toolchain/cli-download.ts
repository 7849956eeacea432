// The official way to get the CLI: Pulumi's own release archive, tried where it has a chance.
import { spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import * as path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Progress } from "../progress";
import { isProgram } from "./find";
import type { Layout } from "./layout";
import { withLock } from "./lock";
import { reachable } from "./reachable";
import { rememberUnreachable } from "./record";
import { cliVersion } from "./versions";

const downloadTimeout = 300_000;
const systems: Partial<Record<NodeJS.Platform, string>> = { linux: "linux", darwin: "darwin" };
const machines: Record<string, string> = { x64: "x64", arm64: "arm64" };

async function unpack(archive: string, directory: string): Promise<void> {
  const code = await new Promise<number | null>((resolve) => {
    const child = spawn("tar", ["-xzf", archive, "-C", directory], { stdio: "ignore" });
    child.on("error", () => resolve(null)).on("close", resolve);
  });
  if (code !== 0) throw new Error(`tar could not unpack ${archive}`);
}

/**
 * Pulumi's release of the pinned version, with the language hosts that it carries beside the CLI.
 * @param site where releases are, ending in a slash
 * @returns the CLI in the cache, or nothing where it cannot be downloaded
 */
export async function downloadCli(
  layout: Layout,
  progress: Progress,
  site = "https://get.pulumi.com/releases/sdk/",
): Promise<string | undefined> {
  const system = systems[process.platform];
  const machine = machines[process.arch];
  if (!system || !machine) return undefined;
  const name = `pulumi-v${cliVersion(layout)}-${system}-${machine}`;
  const target = path.join(layout.cliCache, name);
  const program = path.join(target, "pulumi", "pulumi");
  if (isProgram(program)) return program;
  if (!(await reachable(layout, site))) return undefined;
  await mkdir(layout.cliCache, { recursive: true });
  return withLock(`${target}.lock`, async () => {
    const partial = `${target}.partial`;
    const archive = `${partial}.tar.gz`;
    try {
      await rm(partial, { recursive: true, force: true });
      await mkdir(partial);
      const signal = AbortSignal.timeout(downloadTimeout);
      const response = await fetch(`${site}${name}.tar.gz`, { signal });
      if (!response.ok || !response.body) throw new Error(`HTTP ${response.status}`);
      progress.note(`downloading the Pulumi CLI ${cliVersion(layout)} from ${new URL(site).host}`);
      await pipeline(Readable.fromWeb(response.body), createWriteStream(archive), { signal });
      await unpack(archive, partial);
      await rename(partial, target); // all or nothing
      return isProgram(program) ? program : undefined;
    } catch (error) {
      progress.note(`the Pulumi CLI could not be downloaded: ${(error as Error).message}`);
      await rememberUnreachable(layout, new URL(site).host);
      return undefined;
    } finally {
      await rm(archive, { force: true });
      await rm(partial, { recursive: true, force: true });
    }
  });
}

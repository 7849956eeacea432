import { copyFile, link, mkdir, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import * as path from "node:path";
import type { Progress } from "../progress";
import { buildCli, cachedCli } from "./cli-build";
import { downloadCli } from "./cli-download";
import { compileStandIn } from "./compile";
import {
  beside,
  installedPlugin,
  isProgram,
  onPath,
  pluginDirectory,
  userPulumiHome,
} from "./find";
import type { Layout } from "./layout";
import { toolchainLayout } from "./layout";
import { withLock } from "./lock";
import { installOfficially } from "./official";
import { requirePrerequisites } from "./prerequisites";
import type { Tool } from "./record";
import { writeTools } from "./record";
import { pluginVersion } from "./versions";

const languageHost = "pulumi-language-nodejs";
const dynamicProvider = "pulumi-resource-pulumi-nodejs";
const plugins = [
  { npmPackage: "@pulumi/command", standIn: "command" },
  { npmPackage: "@muhlba91/pulumi-proxmoxve", standIn: "proxmoxve" },
] as const;

/** Puts a file where another may be in use: a hard link where that works, else a copy. */
async function place(from: string, to: string): Promise<void> {
  const partial = `${to}.${process.pid}.partial`;
  await rm(partial, { force: true });
  // A link to the name would do for the shell, but Pulumi looks for plugins beside the real file.
  await link(from, partial).catch(() => copyFile(from, partial));
  await rename(partial, to);
  await rm(partial, { force: true }); // rename leaves it when both are already the same file
}

/** A link by name, in place of whatever was there. */
async function relink(to: string, name: string): Promise<void> {
  const partial = `${name}.${process.pid}.partial`;
  await rm(partial, { force: true });
  await symlink(to, partial);
  await rename(partial, name);
}

async function ensureCli(layout: Layout, progress: Progress): Promise<Tool> {
  const own = path.join(layout.bin, "pulumi");
  const installed = onPath("pulumi", [layout.bin]);
  if (installed) {
    await rm(own, { force: true });
    return { binary: "pulumi", origin: "installed", path: installed };
  }
  const downloaded = await downloadCli(layout, progress);
  if (downloaded) {
    await relink(downloaded, own);
    return { binary: "pulumi", origin: "downloaded", path: own };
  }
  await place(await buildCli(layout, progress), own);
  return { binary: "pulumi", origin: "built from its Go module", path: own };
}

/** A plugin that ships with Pulumi: on PATH, or beside a CLI that is not of our making. */
async function shipped(layout: Layout, cli: Tool, binary: string): Promise<Tool | undefined> {
  const found = onPath(binary, [layout.bin]);
  const besideCli = cli.origin.startsWith("built") ? undefined : beside(cli.path, binary);
  const file = found ?? besideCli;
  if (!file) return undefined;
  await rm(path.join(layout.bin, binary), { force: true });
  return { binary, origin: found ? "installed" : cli.origin, path: file };
}

async function ensureLanguageHost(layout: Layout, cli: Tool): Promise<Tool> {
  const found = await shipped(layout, cli, languageHost);
  if (found) return found;
  const own = path.join(layout.bin, languageHost);
  await compileStandIn("nodejs", own);
  return { binary: languageHost, origin: "stand-in", path: own };
}

async function ensureDynamicProvider(layout: Layout, cli: Tool): Promise<Tool> {
  const found = await shipped(layout, cli, dynamicProvider);
  if (found) return found;
  const own = path.join(layout.bin, dynamicProvider);
  const { resolve } = createRequire(path.join(layout.root, "package.json"));
  const sdk = path.dirname(resolve("@pulumi/pulumi/package.json"));
  const script = path.join(sdk, dynamicProvider).replaceAll("'", "'\\''");
  const partial = `${own}.${process.pid}.partial`;
  await writeFile(partial, `#!/bin/sh\nexec sh '${script}' "$@"\n`, { mode: 0o755 });
  await rename(partial, own);
  return { binary: dynamicProvider, origin: "from npm", path: own };
}

/** Makes a plugin known to the lab's Pulumi home, which is the only one that its engine reads. */
async function offer(layout: Layout, name: string, version: string, program: string) {
  const directory = path.join(layout.home, "plugins", pluginDirectory(name, version));
  await mkdir(directory, { recursive: true });
  await relink(program, path.join(directory, path.basename(program)));
}

async function ensurePlugin(
  layout: Layout,
  cli: Tool,
  plugin: (typeof plugins)[number],
  progress: Progress,
): Promise<Tool> {
  const { name, version, server } = pluginVersion(layout, plugin.npmPackage);
  const binary = `pulumi-resource-${name}`;
  const standIn = path.join(layout.standIns, binary);
  const installed = onPath(binary, [layout.bin]) ?? beside(cli.path, binary);
  if (installed) return { binary, origin: "installed", path: installed };
  const users = installedPlugin(userPulumiHome(layout.home), name, version);
  if (users) {
    await offer(layout, name, version, users);
    return { binary, origin: "installed", path: users };
  }
  const official = await installOfficially(layout, cli, { name, version, server }, progress);
  if (official) return { binary, origin: "downloaded", path: official };
  await compileStandIn(plugin.standIn, standIn);
  await offer(layout, name, version, standIn);
  return { binary, origin: "stand-in", path: standIn };
}

/** What the lab prints of a tool: one line. */
export function toolLine({ binary, origin, path: file }: Tool): string {
  return `${binary}: ${origin} (${file})`;
}

/**
 * Makes sure that a Pulumi engine with everything that the lab's program needs can run. Whatever
 * is installed on the machine is used as it is; each missing binary is replaced on its own. Safe to
 * call again and again (a fraction of a second once all is there), also by two processes at once.
 * @param root the checkout; default: this one
 * @returns the five binaries, in the order in which an engine meets them
 * @throws Error naming missing prerequisites, or why the CLI could not be built
 */
export async function ensureToolchain(progress: Progress, root?: string): Promise<Tool[]> {
  const layout = toolchainLayout(root);
  const needsCli = !onPath("pulumi", [layout.bin]);
  const builds =
    needsCli && !isProgram(await cachedCli(layout)) && !(await downloadCli(layout, progress));
  requirePrerequisites({ go: builds, ssh: true });
  for (const directory of [layout.bin, layout.standIns, layout.home, layout.state]) {
    await mkdir(directory, { recursive: true });
  }
  return withLock(path.join(layout.lab, "toolchain.lock"), async () => {
    const cli = await ensureCli(layout, progress);
    const tools = [
      cli,
      await ensureLanguageHost(layout, cli),
      await ensureDynamicProvider(layout, cli),
    ];
    for (const plugin of plugins) tools.push(await ensurePlugin(layout, cli, plugin, progress));
    await writeTools(layout, tools);
    return tools;
  });
}

// The official way to get a plugin, tried where it has a chance.
import { spawn } from "node:child_process";
import { readlinkSync } from "node:fs";
import type { Progress } from "../progress";
import { installedPlugin } from "./find";
import type { Layout } from "./layout";
import { reachable } from "./reachable";
import type { Tool } from "./record";
import { rememberUnreachable } from "./record";
import type { PluginVersion } from "./versions";

const installTimeout = 180_000;

const hosts = (server: string | undefined): string =>
  server?.startsWith("github://")
    ? "https://api.github.com/"
    : (server ?? "https://get.pulumi.com/");

/** A plugin in the lab's home that is none of the lab's stand-ins. */
function realPlugin(layout: Layout, { name, version }: PluginVersion): string | undefined {
  const program = installedPlugin(layout.home, name, version);
  if (!program) return undefined;
  try {
    return readlinkSync(program).startsWith(layout.standIns) ? undefined : program;
  } catch {
    return program; // a file of its own: no link of ours
  }
}

/**
 * `pulumi plugin install` into the lab's home, where the plugin's host can be reached.
 * @returns the plugin's program, or nothing where it cannot be had
 */
export async function installOfficially(
  layout: Layout,
  cli: Tool,
  plugin: PluginVersion,
  progress: Progress,
): Promise<string | undefined> {
  const present = realPlugin(layout, plugin);
  if (present) return present;
  const url = hosts(plugin.server);
  if (!(await reachable(layout, url))) return undefined;
  const server = plugin.server ? ["--server", plugin.server] : [];
  const args = ["plugin", "install", "resource", plugin.name, plugin.version, ...server];
  progress.note(`installing the ${plugin.name} plugin ${plugin.version}`);
  const code = await new Promise<number | null>((resolve) => {
    const child = spawn(cli.path, [...args, "--reinstall"], {
      env: { ...process.env, PULUMI_HOME: layout.home, PULUMI_SKIP_UPDATE_CHECK: "true" },
      stdio: "ignore",
      timeout: installTimeout,
    });
    child.on("error", () => resolve(null)).on("close", resolve);
  });
  const installed = code === 0 ? realPlugin(layout, plugin) : undefined;
  if (!installed) await rememberUnreachable(layout, new URL(url).host);
  return installed;
}

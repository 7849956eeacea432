// The official way to get a plugin, tried where it has a chance.
import { spawn } from "node:child_process";
import { readlinkSync } from "node:fs";
import type { Progress } from "../progress";
import { installedPlugin } from "./find";
import type { Layout } from "./layout";
import type { Tool } from "./record";
import { readRecord, rememberUnreachable } from "./record";
import type { PluginVersion } from "./versions";

const probeTimeout = 4_000;
const installTimeout = 180_000;
/** For how long a "no" is believed: a laptop may be online tomorrow. */
const memory = 24 * 3600 * 1000;

const hosts = (server: string | undefined): string =>
  server?.startsWith("github://")
    ? "https://api.github.com/"
    : (server ?? "https://get.pulumi.com/");

async function reachable(layout: Layout, url: string): Promise<boolean> {
  const { host } = new URL(url);
  const { unreachable } = await readRecord(layout);
  const since = Date.parse(unreachable[host] ?? "");
  if (Date.now() - since < memory) return false;
  try {
    // Any answer will do: it is the way there that a closed machine doesn't have.
    await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(probeTimeout) });
    return true;
  } catch {
    await rememberUnreachable(layout, host);
    return false;
  }
}

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

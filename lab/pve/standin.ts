import { spawn } from "node:child_process";
import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { PveVersion } from "../../pve-model/types";
import { labNodes } from "../guest/nodes";
import { lastLines } from "../guest/process";
import { labPaths, type LabPaths } from "../paths";
import { claimPorts, type LabPorts } from "../ports";
import type { Progress } from "../progress";
import { ensureCertificates } from "./certificates";
import { healthy } from "./health";
import { opensshShell } from "./node-shell";
import { livingPid, writeWhole } from "./process-file";
import { readSettings, type PveSettings } from "./settings";

const startMs = 60_000;
const stopMs = 10_000;
const nodeMs = 30_000;

/** The version that a new lab plays. */
const firstVersion: PveVersion = "9.1";

/** What is known of the stand-in without changing anything. */
export interface PveStatus {
  running: boolean;
  /** Both ports answer. */
  healthy: boolean;
  pid?: number;
  /** The version that it plays, or that it will when it is started. */
  version: PveVersion;
  apiPort?: number;
  pveshPort?: number;
}

/** The stand-in's own files below `.lab`. */
function filesOf(paths: LabPaths) {
  const stateDir = path.join(paths.lab, "pve");
  return {
    stateDir,
    settings: path.join(stateDir, "settings.json"),
    pid: path.join(stateDir, "pve.pid"),
    log: path.join(stateDir, "pve.log"),
    ca: path.join(paths.lab, "ca.pem"),
    token: paths.apiToken,
    pveshKey: path.join(paths.secrets, "pvesh-key"),
  };
}

const mainScript = path.join(__dirname, "main.ts");

/**
 * Brings the PVE stand-in to where its API and its pvesh port answer, and gives the nodes that
 * answer the secret of their pvesh. Does nothing to one that runs and is healthy; replaces one that
 * is not, or that plays another version than `version` (default: the one it played last, kept with
 * the cluster's state, which is the same for every version). Makes the lab's CA, certificate and API token when there
 * are none. Can be interrupted at any moment and called again.
 * @throws when it doesn't come up; the message ends with the last lines of its log.
 */
export async function startPve(
  progress: Progress,
  paths: LabPaths = labPaths(),
  version: PveVersion = keptVersion(paths),
): Promise<void> {
  const status = await pveStatus(paths);
  if (!status.healthy || status.version !== version) {
    await stopPve(progress, paths);
    await progress.step(`start the PVE stand-in (${version})`, () => start(paths, version));
  }
  await installPveshKey(progress, paths);
}

/** Ends the stand-in; nothing happens when none runs. The cluster's state stays. */
export async function stopPve(progress: Progress, paths: LabPaths = labPaths()): Promise<void> {
  if (pidOf(paths) === undefined) return;
  await progress.step("stop the PVE stand-in", async () => {
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      const pid = pidOf(paths);
      if (pid === undefined) return;
      process.kill(pid, signal);
      if (await until(stopMs, () => pidOf(paths) === undefined)) return;
    }
    throw new Error(`The PVE stand-in (pid ${pidOf(paths)}) does not end.`);
  });
}

/** Looks at the stand-in; takes up to 5 s when it doesn't answer. */
export async function pveStatus(paths: LabPaths = labPaths()): Promise<PveStatus> {
  const files = filesOf(paths);
  const pid = pidOf(paths);
  if (pid === undefined) return { running: false, healthy: false, version: keptVersion(paths) };
  const settings = readSettings(files.settings);
  const { version, apiPort, pveshPort } = settings;
  const answers = await healthy(settings, files.ca);
  return { running: true, healthy: answers, pid, version, apiPort, pveshPort };
}

/**
 * Gives every node that answers the secret of its pvesh, readable by root alone. To be called
 * after nodes were made anew; `startPve` calls it every time.
 */
export async function installPveshKey(
  progress: Progress,
  paths: LabPaths = labPaths(),
): Promise<void> {
  const key = fs.readFileSync(filesOf(paths).pveshKey, "utf8").trim();
  const script = [
    "umask 077",
    "mkdir -p /etc/pve/priv && cat >/etc/pve/priv/lab-standin.key <<'END'",
    key,
    "END",
    "",
  ].join("\n");
  const shell = opensshShell(paths.sshConfig);
  await Promise.all(
    labNodes.map(async ({ name }) => {
      const { code, stderr } = await shell.run(name, script, nodeMs);
      if (code === 0) return;
      progress.note(`${name} has no key for its pvesh yet: ${lastLines(stderr, 1)}`);
    }),
  );
}

/** What the settings of the last start say; `firstVersion` when there was none. */
export function keptVersion(paths: LabPaths): PveVersion {
  const { settings } = filesOf(paths);
  return fs.existsSync(settings) ? readSettings(settings).version : firstVersion;
}

async function start(paths: LabPaths, version: PveVersion): Promise<void> {
  const files = filesOf(paths);
  fs.mkdirSync(files.stateDir, { recursive: true, mode: 0o700 });
  const { ports } = await claimPorts(paths, ["pveApi", "pvesh"]);
  const settings = await writeSettings(paths, version, ports);
  const log = fs.openSync(files.log, "a", 0o600);
  const child = spawn(process.execPath, ["--import", "tsx", mainScript, files.settings], {
    cwd: path.join(__dirname, "../.."),
    detached: true,
    stdio: ["ignore", log, log],
  });
  fs.closeSync(log);
  let ended = false;
  child.on("exit", () => (ended = true));
  child.on("error", () => (ended = true));
  child.unref();
  if (await until(startMs, async () => ended || (await healthy(settings, files.ca)))) {
    if (!ended) return;
  }
  const said = lastLines(fs.readFileSync(files.log, "utf8"), 5);
  throw new Error(`The PVE stand-in did not start. The end of ${files.log}:\n${said}`);
}

async function writeSettings(
  paths: LabPaths,
  version: PveVersion,
  ports: LabPorts,
): Promise<PveSettings> {
  const files = filesOf(paths);
  const nodes = labNodes.map(({ id, name, management4 }) => ({ id, name, address: management4 }));
  const names = nodes.map(({ name }) => name);
  const { certificate, key } = await ensureCertificates(paths.lab, paths.secrets, names);
  ensureSecret(files.token, `root@pam!lab=${crypto.randomUUID()}`);
  ensureSecret(files.pveshKey, crypto.randomBytes(32).toString("hex"));
  const settings: PveSettings = {
    version,
    nodes,
    apiPort: ports.pveApi,
    pveshPort: ports.pvesh,
    sshConfig: paths.sshConfig,
    stateDir: files.stateDir,
    pidFile: files.pid,
    certificate,
    key,
    tokenFile: files.token,
    pveshKeyFile: files.pveshKey,
  };
  writeWhole(files.settings, `${JSON.stringify(settings, null, 2)}\n`, 0o600);
  return settings;
}

function ensureSecret(file: string, text: string): void {
  if (fs.existsSync(file)) return;
  fs.mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  writeWhole(file, `${text}\n`, 0o600);
}

function pidOf(paths: LabPaths): number | undefined {
  const files = filesOf(paths);
  return livingPid(files.pid, [mainScript, files.settings]);
}

async function until(
  limitMs: number,
  condition: () => boolean | Promise<boolean>,
): Promise<boolean> {
  const end = Date.now() + limitMs;
  for (;;) {
    if (await condition()) return true;
    if (Date.now() > end) return false;
    await pause(100);
  }
}

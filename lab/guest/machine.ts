import * as fs from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { LabPaths } from "../paths";
import type { LabPorts } from "../ports";
import type { Accel } from "./accel";
import type { GuestImage } from "./image";
import { isQemu, spawnQemu } from "./qemu-process";
import { isUml, spawnUml, umlInit } from "./uml-process";

/** Sparse, so this is a bound and not what it takes on the host's disk. */
const nodesDiskBytes = 4 * 1024 ** 3;

/**
 * Starts what runs the guest in a session of its own, so that neither Ctrl-C nor the end of this
 * process reaches it. Returns at once: whether it came up shows in `machinePid`, its log and the
 * serial log.
 */
export function startMachine(
  paths: LabPaths,
  image: GuestImage,
  ports: LabPorts,
  accel: Accel,
): void {
  ensureNodesDisk(paths);
  fs.writeFileSync(paths.serialLog, "");
  if (accel === "uml") spawnUml(paths, image, ports);
  else spawnQemu(paths, image, ports, accel);
}

/** The pid of what runs this lab's guest, or undefined when nothing does. */
export function machinePid(paths: LabPaths): number | undefined {
  return ownPid(paths.qemuPid, isQemu) ?? ownPid(paths.umlPid, isUml);

  function ownPid(file: string, isOurs: (paths: LabPaths, argv: string[]) => boolean) {
    const pid = Number(read(file).trim());
    // A pid file can outlive its process, and the number can then belong to anybody.
    if (!Number.isInteger(pid) || pid <= 1) return undefined;
    return isOurs(paths, read(`/proc/${pid}/cmdline`).split("\0")) ? pid : undefined;
  }
}

/** Ends it without asking the guest; returns when it is gone. Nothing happens when none runs. */
export async function killMachine(paths: LabPaths): Promise<void> {
  for (const [signal, limitMs] of [["SIGTERM", 5_000] as const, ["SIGKILL", 5_000] as const]) {
    const pid = machinePid(paths);
    if (pid === undefined) break;
    const init = umlInit(pid);
    // The kernel ends everything in a PID namespace with its first process, and waits for it.
    if (init !== undefined) process.kill(init, "SIGKILL");
    else process.kill(pid, signal);
    await until(limitMs, () => machinePid(paths) === undefined);
  }
  fs.rmSync(paths.qemuPid, { force: true });
  fs.rmSync(paths.umlPid, { force: true });
}

/** Polls ten times a second until the condition holds or the limit is over. */
export async function until(limitMs: number, condition: () => boolean): Promise<void> {
  for (const since = Date.now(); !condition() && Date.now() - since < limitMs;) await pause(100);
}

function read(file: string): string {
  try {
    return fs.readFileSync(file, "utf8");
  } catch {
    return "";
  }
}

function ensureNodesDisk(paths: LabPaths): void {
  if (fs.existsSync(paths.nodesDisk)) return;
  const file = fs.openSync(paths.nodesDisk, "wx", 0o600);
  fs.ftruncateSync(file, nodesDiskBytes);
  fs.closeSync(file);
}

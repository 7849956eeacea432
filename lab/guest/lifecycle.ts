import * as fs from "node:fs";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { claimPorts, readPorts, type LabPorts } from "../ports";
import { labPaths, type LabPaths } from "../paths";
import type { Progress } from "../progress";
import { withLock } from "../toolchain/lock";
import { accelCandidates, thisHost, type Accel } from "./accel";
import { cpioArchive } from "./cpio";
import { ensureImage } from "./image";
import { scriptEntries, scriptsHash, writeInitrd } from "./initrd";
import { ensureKeys, writeSshConfig } from "./keys";
import { killMachine, machinePid, startMachine, until } from "./machine";
import { labNodes, labRoot, sshAliases } from "./nodes";
import { lastLines } from "./process";

import { ssh } from "./ssh";

/** A boot takes about 45 s when emulated on an idle machine, and several times that on a busy one. */
const bootLimitMs = 480_000;
const sshLimitMs = 60_000;

/** What is known of the guest without changing anything. */
export interface GuestStatus {
  running: boolean;
  pid?: number;
  accel?: Accel;
  ports?: LabPorts;
  /** Each node's state; "unknown" when the guest doesn't answer. */
  nodes: { name: string; state: "ready" | "booting" | "stopped" | "unknown" }[];
}

interface StartedWith {
  accel: Accel;
  imageHash: string;
  scriptsHash: string;
}

/**
 * Brings the guest to where all three nodes answer over SSH and bgpd is ready, and returns the
 * ports. Does next to nothing when they already do; starts nodes that are stopped; sends scripts
 * that were edited since the start; replaces a guest that doesn't answer. Can be interrupted at any
 * moment and called again.
 * @throws when the boot fails or exceeds its bound: the message ends with the serial log's last lines.
 */
export async function startGuest(
  progress: Progress,
  paths: LabPaths = labPaths(),
): Promise<LabPorts> {
  fs.mkdirSync(paths.guest, { recursive: true, mode: 0o700 });
  await ensureKeys(paths);
  const running = readPorts(paths);
  if (running && machinePid(paths) !== undefined) {
    writeSshConfig(paths, running);
    if (await bringNodesUp(progress, paths)) return running;
    progress.note("the running guest does not answer: it is replaced");
    await stopGuest(progress, paths);
  }
  const image = await oneBuild(progress, paths, () => ensureImage(progress, paths));
  const { ports, changed } = await claimPorts(
    paths,
    sshAliases.map(({ name }) => name),
  );
  if (running && changed.length > 0) progress.note(`ports chosen anew: ${changed.join(", ")}`);
  writeSshConfig(paths, ports);
  writeInitrd(paths, image.baseInitrd);
  const candidates = accelCandidates(thisHost(image.uml));
  for (const [index, accel] of candidates.entries()) {
    const started: StartedWith = { accel, imageHash: image.hash, scriptsHash: scriptsHash() };
    fs.writeFileSync(paths.guestState, `${JSON.stringify(started, null, 2)}\n`);
    try {
      await progress.step(`boot the guest (${accel.toUpperCase()})`, async () => {
        startMachine(paths, image, ports, accel);
        await waitForBoot(paths);
      });
      await progress.step("SSH to every node", () => waitForSsh(paths));
      return ports;
    } catch (error) {
      // KVM that doesn't get as far as our first line is a broken KVM, not a broken guest.
      const hopeless = index === candidates.length - 1 || /^LAB/m.test(readLog(paths.serialLog));
      if (hopeless) throw error;
      const why = lastLines(readLog(paths.machineLog), 1);
      progress.note(
        `${accel.toUpperCase()} did not boot the guest here: trying without it (${why})`,
      );
      await killMachine(paths);
    }
  }
  return ports;
}

/**
 * Switches the guest off: asks it to, waits at most 30 s, then ends its process. Nothing happens
 * when none runs. The nodes' disk stays.
 */
export async function stopGuest(progress: Progress, paths: LabPaths = labPaths()): Promise<void> {
  if (machinePid(paths) === undefined) return;
  await progress.step("switch the guest off", async () => {
    const asked = await ssh(
      paths,
      labRoot.name,
      "setsid lab-poweroff </dev/null >/dev/console 2>&1 &",
      { timeoutMs: 15_000 },
    );
    if (asked.code === 0) await until(30_000, () => machinePid(paths) === undefined);
    await killMachine(paths);
  });
}

/** Stops the guest and forgets everything the nodes had on disk; keys and ports stay. */
export async function resetGuest(progress: Progress, paths: LabPaths = labPaths()): Promise<void> {
  await stopGuest(progress, paths);
  fs.rmSync(paths.nodesDisk, { force: true });
  progress.note("the nodes' disk is deleted: the next start makes new nodes");
}

/** Looks at the guest; takes up to 15 s when it doesn't answer. */
export async function guestStatus(paths: LabPaths = labPaths()): Promise<GuestStatus> {
  const pid = machinePid(paths);
  const unknown = labNodes.map(({ name }) => ({ name, state: "unknown" as const }));
  if (pid === undefined) return { running: false, nodes: unknown };
  const answer = await ssh(paths, labRoot.name, "lab-node status", { timeoutMs: 15_000 });
  const nodes = labNodes.map(({ name }) => {
    const state = new RegExp(`^${name} (ready|booting|stopped)$`, "m").exec(answer.stdout)?.[1];
    return { name, state: (state ?? "unknown") as GuestStatus["nodes"][number]["state"] };
  });
  return { running: true, pid, accel: startedWith(paths)?.accel, ports: readPorts(paths), nodes };
}

// Labs that start at the same moment share one build, not the processors.
async function oneBuild<T>(
  progress: Progress,
  paths: LabPaths,
  build: () => Promise<T>,
): Promise<T> {
  fs.mkdirSync(paths.images, { recursive: true });
  const lock = path.join(paths.images, "build.lock");
  if (fs.existsSync(lock)) progress.note("another lab builds the guest's image: waiting for it");
  return withLock(lock, build);
}

// For a guest that runs: false when it cannot be brought to health.
async function bringNodesUp(progress: Progress, paths: LabPaths): Promise<boolean> {
  // It may be booting still, started by a call that was interrupted.
  if (!/^LAB .* READY\s*$/m.test(readLog(paths.serialLog))) {
    try {
      await progress.step("wait for the guest's boot", () => waitForBoot(paths));
    } catch {
      return false;
    }
  }
  const started = startedWith(paths);
  const scripts = scriptsHash();
  if (started && started.scriptsHash !== scripts) {
    const sent = await progress.step("send edited scripts to the nodes", () =>
      ssh(paths, labRoot.name, "lab-node receive", {
        timeoutMs: sshLimitMs,
        input: cpioArchive(scriptEntries()),
      }),
    );
    if (sent.code !== 0) return false;
    fs.writeFileSync(
      paths.guestState,
      `${JSON.stringify({ ...started, scriptsHash: scripts }, null, 2)}\n`,
    );
  }
  const up = await ssh(
    paths,
    labRoot.name,
    "for n in 1 2 3; do lab-node start $n || exit 1; done",
    {
      timeoutMs: bootLimitMs,
    },
  );
  if (up.code !== 0) return false;
  return waitForSsh(paths).then(
    () => true,
    () => false,
  );
}

async function waitForBoot(paths: LabPaths): Promise<void> {
  const since = Date.now();
  for (;;) {
    const serial = readLog(paths.serialLog);
    if (/^LAB .* READY\s*$/m.test(serial)) return;
    const fatal = /^LAB-FATAL (.*)$/m.exec(serial)?.[1];
    // QEMU needs a moment before it writes its pid.
    const gone = machinePid(paths) === undefined && Date.now() - since > 5_000;
    const broken = /KVM internal error/.test(readLog(paths.machineLog));
    if (fatal || gone || broken || Date.now() - since > bootLimitMs) {
      const what =
        fatal ?? (gone ? "its process ended" : broken ? "KVM failed" : "it took too long");
      const logs = `${readLog(paths.machineLog)}\n${serial}`;
      throw new Error(
        `The guest did not boot: ${what.trim()}. ${paths.serialLog} ends with:\n${lastLines(logs, 20)}`,
      );
    }
    await pause(200);
  }
}

async function waitForSsh(paths: LabPaths): Promise<void> {
  await Promise.all(
    labNodes.map(async ({ name }) => {
      const answer = await ssh(paths, name, "vtysh -c 'show bgp summary json'", {
        timeoutMs: sshLimitMs,
      });
      if (answer.code === 0) return;
      const why = answer.timedOut ? "no answer in 60 s" : answer.stderr.trim();
      throw new Error(
        `${name} does not answer over SSH (ssh -F ${paths.sshConfig} ${name}): ${why}`,
      );
    }),
  );
}

function startedWith(paths: LabPaths): StartedWith | undefined {
  try {
    return JSON.parse(fs.readFileSync(paths.guestState, "utf8")) as StartedWith;
  } catch {
    return undefined;
  }
}

function readLog(file: string): string {
  return fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
}

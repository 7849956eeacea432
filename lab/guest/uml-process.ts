import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type { LabPaths } from "../paths";
import type { LabPorts } from "../ports";
import type { GuestImage } from "./image";
import { sshAliases } from "./nodes";

const script = path.join(__dirname, "uml.sh");

/**
 * Starts the guest as a User Mode Linux. Its processes (the kernel, one per address space of a program
 * in the guest, and the carriers of TCP) all live in one PID namespace, whose first process is the
 * child of the one in `.lab/guest/uml.pid`.
 */
export function spawnUml(paths: LabPaths, image: GuestImage, ports: LabPorts): void {
  fs.copyFileSync(path.join(__dirname, "to-host.sh"), path.join(paths.guest, "to-host.sh"));
  const serial = fs.openSync(paths.serialLog, "w", 0o600);
  const log = fs.openSync(paths.machineLog, "w", 0o600);
  const child = spawn("unshare", umlArguments(paths, image, ports, process.getuid?.() === 0), {
    detached: true,
    stdio: ["ignore", serial, log],
    cwd: paths.guest,
  });
  fs.closeSync(serial);
  fs.closeSync(log);
  child.on("error", (error) => {
    fs.appendFileSync(paths.machineLog, `unshare could not be started: ${error.message}\n`);
  });
  if (child.pid !== undefined) fs.writeFileSync(paths.umlPid, `${child.pid}\n`, { mode: 0o600 });
  child.unref();
}

/**
 * The arguments of unshare(1): namespaces, then uml.sh with the forwards, then the kernel's own.
 * Without root a user namespace makes the others possible. Nothing secret is in them.
 */
export function umlArguments(
  paths: LabPaths,
  image: GuestImage,
  ports: LabPorts,
  isRoot: boolean,
): string[] {
  return [
    ...(isRoot ? [] : ["--user", "--map-root-user"]),
    ...["--mount", "--pid", "--fork", "--kill-child=SIGKILL", "--"],
    ...["/bin/sh", script, "outside", paths.guest, image.root, image.uml],
    ...sshAliases.map(({ name, address }) => `${name}:${ports[name]}:${address}`),
    // What follows is seen from the root that uml.sh makes; no path of the host's is in it.
    ...["--", "/linux", "mem=1200M", "initrd=/lab/initrd"],
    // d: a plain image and no layer over it; r: read-only; c: shared with other labs.
    ...["ubd0drc=/lab/base.squashfs", "ubd1d=/lab/nodes.img"],
    ...["vec0:transport=tap,ifname=lab0", "uml_dir=/lab/memory/", "umid=lab"],
    ...["con=null", "ssl=null", "con0=null,fd:1", "console=tty0", "quiet", "panic=1", "noreboot"],
  ];
}

/** Whether a process with these arguments is this lab's guest. */
export function isUml(paths: LabPaths, argv: readonly string[]): boolean {
  return path.basename(argv[0] ?? "") === "unshare" && argv.includes(paths.guest);
}

/** The first process of the guest's PID namespace, as the host numbers it; undefined for QEMU. */
export function umlInit(pid: number): number | undefined {
  try {
    if (path.basename(fs.readlinkSync(`/proc/${pid}/exe`)) !== "unshare") return undefined;
    const children = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8");
    return Number(children.trim().split(" ")[0]) || undefined;
  } catch {
    return undefined;
  }
}

import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import type { LabPaths } from "../paths";
import type { LabPorts } from "../ports";
import { accelArguments, type Accel } from "./accel";
import type { GuestImage } from "./image";
import { sshAliases } from "./nodes";

/**
 * Starts QEMU in a session of its own, so that neither Ctrl-C nor the end of this process reaches
 * it. Returns at once: whether it came up shows in its pid file, its log and the serial log.
 */
export function spawnQemu(paths: LabPaths, image: GuestImage, ports: LabPorts, accel: Accel): void {
  const log = fs.openSync(paths.machineLog, "w", 0o600);
  const child = spawn("qemu-system-x86_64", qemuArguments(paths, image, ports, accel), {
    detached: true,
    stdio: ["ignore", log, log],
    cwd: "/",
  });
  fs.closeSync(log);
  child.on("error", (error) => {
    fs.appendFileSync(
      paths.machineLog,
      `qemu-system-x86_64 could not be started: ${error.message}\n`,
    );
  });
  child.unref();
}

/** QEMU's arguments; nothing secret is in them. */
export function qemuArguments(
  paths: LabPaths,
  image: GuestImage,
  ports: LabPorts,
  accel: Accel,
): string[] {
  const forwards = sshAliases.map(
    ({ name, address }) => `hostfwd=tcp:127.0.0.1:${ports[name]}-${address}:22`,
  );
  const script = path.join(__dirname, "to-host.sh");
  const toHost = ["/bin/sh", script, paths.labJson].map(shellQuoted).join(" ");
  // QEMU's own addresses in the management network stay clear of the nodes' (its defaults are .2, .3).
  const network = [
    "user,id=mgmt,ipv6=off,restrict=on,net=10.0.10.0/24,host=10.0.10.201,dns=10.0.10.202",
    "dhcpstart=10.0.10.210",
    ...forwards,
    `guestfwd=tcp:10.0.10.200:8007-cmd:${optionValue(toHost)}`,
  ];
  return [
    ...["-name", "proxmox-evpn-lab", "-M", "q35", ...accelArguments(accel)],
    // One processor under emulation: with two, the kernel's patching of its own code meets stale
    // translations in QEMU 7.2 now and then ("Oops: int3"), and the guest dies.
    ...[
      "-smp",
      accel === "kvm" ? "2" : "1",
      "-m",
      "1500",
      "-nodefaults",
      "-no-reboot",
      "-display",
      "none",
    ],
    ...["-monitor", "none", "-pidfile", paths.qemuPid],
    ...[
      "-chardev",
      `file,id=serial,path=${optionValue(paths.serialLog)}`,
      "-serial",
      "chardev:serial",
    ],
    ...["-kernel", image.kernel, "-initrd", paths.initrd],
    ...["-append", "console=ttyS0 quiet mitigations=off panic=1"],
    ...["-drive", `file=${optionValue(image.root)},format=raw,if=virtio,readonly=on`],
    // A crash of this process loses nothing with cache=unsafe, only a crash of the host does.
    ...["-drive", `file=${optionValue(paths.nodesDisk)},format=raw,if=virtio,cache=unsafe`],
    ...["-netdev", network.join(","), "-device", "virtio-net-pci,netdev=mgmt,romfile="],
  ];
}

/** Whether a process with these arguments is this lab's QEMU. */
export function isQemu(paths: LabPaths, argv: readonly string[]): boolean {
  return argv.includes("proxmox-evpn-lab") && argv.includes(paths.qemuPid);
}

// In QEMU's option lists a comma inside a value is written twice.
function optionValue(text: string): string {
  return text.replaceAll(",", ",,");
}

function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

import * as fs from "node:fs";

/**
 * What runs the guest's processor: the host's own by KVM, a Linux kernel that is a program (User Mode
 * Linux: the nodes' programs run natively, each system call is two switches of processes), or QEMU's
 * emulation, five to ten times slower than that.
 */
export type Accel = "kvm" | "uml" | "tcg";

/** What a machine has; each is looked at only where it matters. */
export interface HostAbilities {
  /** /dev/kvm can be opened. */
  kvm(): boolean;
  /** The text of /proc/cpuinfo. */
  cpuinfo(): string;
  /** User Mode Linux, its modules and a tap device are there. */
  uml(): boolean;
}

const thisHost: HostAbilities = {
  kvm: () => canOpen("/dev/kvm"),
  cpuinfo: () => fs.readFileSync("/proc/cpuinfo", "utf8"),
  uml: () => umlInstalled() && canOpen("/dev/net/tun"),
};

/** Where Debian's package user-mode-linux puts its parts. */
export const umlKernel = "/usr/bin/linux.uml";
export const umlModules = "/usr/lib/uml/modules";

export function umlInstalled(): boolean {
  return fs.existsSync(umlKernel) && fs.existsSync(umlModules);
}

/**
 * The ways to try, best first; `EVPN_LAB_ACCEL` (kvm, uml or tcg) names the only one.
 * /dev/kvm alone proves nothing: some virtual machines have the device but processors without vmx or
 * svm, where a stock kernel dies in its first instructions.
 * @throws when EVPN_LAB_ACCEL is something else
 */
export function accelCandidates(
  host: HostAbilities = thisHost,
  forced: string | undefined = process.env.EVPN_LAB_ACCEL,
): Accel[] {
  if (forced === "kvm" || forced === "uml" || forced === "tcg") return [forced];
  if (forced) {
    throw new Error(`EVPN_LAB_ACCEL is '${forced}'; it can be kvm, uml, tcg, or not set at all.`);
  }
  const candidates: Accel[] = ["tcg"];
  if (host.uml()) candidates.unshift("uml");
  if (kvmWorks(host)) candidates.unshift("kvm");
  return candidates;
}

/** Whether KVM is worth a try here. */
export function kvmWorks(host: HostAbilities = thisHost): boolean {
  return host.kvm() && /^flags\s*:.*\b(vmx|svm)\b/m.test(host.cpuinfo());
}

/** QEMU's arguments for it. */
export function accelArguments(accel: Accel): string[] {
  return accel === "kvm"
    ? ["-accel", "kvm", "-cpu", "host"]
    : ["-accel", "tcg,thread=multi,tb-size=512", "-cpu", "max"];
}

function canOpen(device: string): boolean {
  try {
    fs.closeSync(fs.openSync(device, "r+"));
    return true;
  } catch {
    return false;
  }
}

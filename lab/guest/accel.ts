import * as fs from "node:fs";
import * as path from "node:path";

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
  /** The image has User Mode Linux, and tap devices can be made. */
  uml(): boolean;
}

/** This machine, with the image's User Mode Linux in the folder `uml`. */
export function thisHost(uml: string): HostAbilities {
  return {
    kvm: () => canOpen("/dev/kvm"),
    cpuinfo: () => fs.readFileSync("/proc/cpuinfo", "utf8"),
    uml: () => fs.existsSync(path.join(uml, "linux")) && canOpen("/dev/net/tun"),
  };
}

/**
 * The ways to try, best first; `EVPN_LAB_ACCEL` (kvm, uml or tcg) names the only one.
 * /dev/kvm alone proves nothing: some virtual machines have the device but processors without vmx or
 * svm, where a stock kernel dies in its first instructions.
 * @throws when EVPN_LAB_ACCEL is something else
 */
export function accelCandidates(
  host: HostAbilities,
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

function kvmWorks(host: HostAbilities): boolean {
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

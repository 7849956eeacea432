import * as fs from "node:fs";

/** How QEMU runs the guest's processors. */
export type Accel = "kvm" | "tcg";

/**
 * The ways to try, best first. /dev/kvm alone proves nothing: some virtual machines have the device
 * but processors without vmx or svm, where a stock kernel dies in its first instructions.
 */
export function accelCandidates(
  canOpen: () => boolean = canOpenKvm,
  cpuinfo: () => string = () => fs.readFileSync("/proc/cpuinfo", "utf8"),
): Accel[] {
  const flags = /^flags\s*:.*\b(vmx|svm)\b/m;
  return canOpen() && flags.test(cpuinfo()) ? ["kvm", "tcg"] : ["tcg"];
}

/** QEMU's arguments for it. */
export function accelArguments(accel: Accel): string[] {
  return accel === "kvm"
    ? ["-accel", "kvm", "-cpu", "host"]
    : ["-accel", "tcg,thread=multi,tb-size=512", "-cpu", "max"];
}

function canOpenKvm(): boolean {
  try {
    fs.closeSync(fs.openSync("/dev/kvm", "r+"));
    return true;
  } catch {
    return false;
  }
}

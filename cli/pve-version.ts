import { PVE_VERSIONS, PveVersion } from "../pve-model/types";
import { CannotLook } from "./command";

/** The option of commands that speak of Proxmox VE's merge. */
export const PVE_VERSION_OPTION = {
  value: "VERSION",
  summary: `Proxmox VE's version (${PVE_VERSIONS.join(", ")}); without it cluster.pveVersion`,
};

/** @throws CannotLook for a version that is not modelled */
export function pveVersionOption(text: string | undefined): PveVersion | undefined {
  const known = PVE_VERSIONS.find((version) => version === text);
  if (text === undefined || known !== undefined) return known;
  throw new CannotLook(`--pve-version takes one of ${PVE_VERSIONS.join(", ")}, not '${text}'.`);
}

/** The modelled version that writes files as a release does: `9.1.4` writes what 9.1 does. */
export function modelledVersion(release: string): PveVersion | undefined {
  const [major = 0, minor = 0] = release.split(".").map(Number);
  if (major === 8) return "8.4";
  if (major === 9) return minor >= 2 ? "9.2-pre" : "9.1";
  return undefined;
}

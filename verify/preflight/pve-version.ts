import { PveVersion } from "../../pve-model/types";

/** How well a release of Proxmox VE is known here. */
export interface KnownVersion {
  /** Whose rules are taken. */
  model: PveVersion;
  /** Whether the model is held to data of this very release. */
  exact: boolean;
}

/** Releases whose files are modelled; data of 9.2 is from before its release. */
const MODELS: Record<string, PveVersion> = { "8.4": "8.4", "9.1": "9.1", "9.2": "9.2-pre" };

/**
 * The model that is next to a version (`9.1.1`): undefined before 8.4, where EVPN zones have other
 * rules.
 */
export function knownVersion(version: string): KnownVersion | undefined {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  const exact = MODELS[`${major}.${minor}`];
  if (exact) return { model: exact, exact: true };
  if (!Number.isInteger(major) || major < 8 || (major === 8 && minor < 4)) return undefined;
  if (major === 8) return { model: "8.4", exact: false };
  return { model: major === 9 && minor < 2 ? "9.1" : "9.2-pre", exact: false };
}

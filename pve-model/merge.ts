import { FrrConfig } from "./frr-config";
import { mergeRaw } from "./merge-raw";
import { mergeTrimmed } from "./merge-trimmed";
import { MergeResult } from "./merge-report";
import { PveVersion } from "./types";

/**
 * Merges /etc/frr/frr.conf.local into what Proxmox VE generated, with all that the merge breaks,
 * and tells of every statement what became of it.
 * @param generated is left as it is
 * @param local text of frr.conf.local
 */
export function mergeFrrConfLocal(
  version: PveVersion,
  generated: FrrConfig,
  local: string,
): MergeResult {
  const config = structuredClone(generated);
  const statements = version === "9.2-pre" ? mergeRaw(config, local) : mergeTrimmed(config, local);
  return { config, statements };
}

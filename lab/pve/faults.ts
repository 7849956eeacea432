import * as fs from "node:fs";

/**
 * Faults that a test asks for, in `.lab/pve/faults.json`; node names in each list. Read anew every
 * time, so that a test sets them with a file and clears them by deleting it.
 */
export interface Faults {
  /** `ifreload -a` fails: the node's task ends in an error, frr.conf is left as it was. */
  ifreloadFails: string[];
  /** PVE cannot write frr.conf: the node's task ends in an error. */
  frrFails: string[];
  /** `frr-reload.py` fails and FRR is restarted: lines in the node's log, its task ends OK. */
  frrReloadFails: string[];
  /** The node answers nobody. */
  nodeDown: string[];
}

/** The faults asked for; none without the file or with one that is not JSON. */
export function readFaults(file: string): Faults {
  const none = { ifreloadFails: [], frrFails: [], frrReloadFails: [], nodeDown: [] };
  try {
    return { ...none, ...(JSON.parse(fs.readFileSync(file, "utf8")) as Partial<Faults>) };
  } catch {
    return none;
  }
}

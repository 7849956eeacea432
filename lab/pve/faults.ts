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
  /** frr-pythontools is missing: FRR's config is written and not loaded, a warning in the log. */
  frrSkipped: string[];
  /** The node's reload takes some seconds more. */
  nodeSlow: string[];
  /** The node is lost in the middle of its reload, and answers nobody from then on. */
  nodeLost: string[];
  /** The node answers nobody. */
  nodeDown: string[];
  /** A write of the SDN config that is held, see write-gate.ts. */
  holdWrite?: { number: number; when: "before" | "after" };
}

const none: Faults = {
  ifreloadFails: [],
  frrFails: [],
  frrReloadFails: [],
  frrSkipped: [],
  nodeSlow: [],
  nodeLost: [],
  nodeDown: [],
};

/** The faults asked for; none without the file or with one that is not JSON. */
export function readFaults(file: string): Faults {
  try {
    return { ...none, ...(JSON.parse(fs.readFileSync(file, "utf8")) as Partial<Faults>) };
  } catch {
    return none;
  }
}

import { Pvesh, pveMessage, PveshError } from "./pvesh";
import { startOfUpid, taskLog, tasksOf, waitForTask } from "./tasks";

/** A node on which the apply did not end well, with its own last lines. */
export interface NodeFailure {
  node: string;
  reason: string;
  lines: string[];
}

const RELOAD = "srvreload";

/** PVE's parent task names the node before each reload; every other line of it is trouble. */
const ORDINARY_LINE = /: reloading network config$|^TASK OK$/;

/**
 * Lines of a reload that is called OK although FRR did not take the config by a reload: PVE then
 * restarts FRR (every session goes down), or leaves it as it is where frr-pythontools is missing.
 */
const FRR_TROUBLE = /frr reload command fail|missing \/usr\/lib\/frr\/frr-reload\.py/;

/** The reloads that each node has had, so that a new one is known without comparing nodes' clocks. */
export type ReloadsBefore = Map<string, ReadonlySet<string> | undefined>;

/** Lists the reloads of all nodes; those of a node that is down are not known. */
export async function reloadsBefore(
  pvesh: Pvesh,
  nodes: readonly string[],
): Promise<ReloadsBefore> {
  const looks = nodes.map(async (node) => {
    try {
      const tasks = await tasksOf(pvesh, node, RELOAD);
      return [node, new Set(tasks.map(({ upid }) => upid))] as const;
    } catch (error) {
      if (error instanceof PveshError) return [node, undefined] as const;
      throw error;
    }
  });
  return new Map(await Promise.all(looks));
}

/** The reload that the apply began on a node, or why there is none. */
async function reloadOf(
  pvesh: Pvesh,
  node: string,
  before: ReloadsBefore,
  parent: string,
): Promise<string | { why: string }> {
  try {
    const known = before.get(node);
    const since = startOfUpid(parent);
    const tasks = await tasksOf(pvesh, node, RELOAD);
    const begun = tasks.filter(({ upid, starttime }) =>
      known ? !known.has(upid) : starttime >= since,
    );
    const newest = begun.sort((a, b) => b.starttime - a.starttime)[0];
    return newest?.upid ?? { why: "is the node up?" };
  } catch (error) {
    // Tasks of a node that is down cannot be listed; PVE's own words say so.
    if (error instanceof PveshError) return { why: error.detail };
    throw error;
  }
}

/** Exactly one of the texts; Perl may have added where in its code it ended. */
const accepts = (status: string, accepted: readonly string[]) =>
  accepted.includes(pveMessage(status));

/**
 * How the apply went on one node, by the node's own task and its log. Waits for the task's end.
 * @param deadline milliseconds since the epoch
 * @returns undefined when all is well
 */
export async function nodeFailure(
  pvesh: Pvesh,
  node: string,
  apply: {
    before: ReloadsBefore;
    parent: string;
    parentLines: string[];
    deadline: number;
    /** Texts in which a reload may end beside OK (see ApplyInputs). */
    accepted: readonly string[];
  },
): Promise<NodeFailure | undefined> {
  const upid = await reloadOf(pvesh, node, apply.before, apply.parent);
  if (typeof upid !== "string") {
    const lines = apply.parentLines.filter((line) => !ORDINARY_LINE.test(line));
    return { node, reason: `its network reload never began: ${upid.why}`, lines };
  }
  try {
    const status = await waitForTask(pvesh, upid, apply.deadline);
    const lines = await taskLog(pvesh, upid);
    if (status === undefined) return { node, reason: "its network reload is still running", lines };
    if (accepts(status, apply.accepted)) return undefined;
    if (status !== "OK")
      return { node, reason: `its network reload ended with '${status}'`, lines };
    return lines.some((line) => FRR_TROUBLE.test(line))
      ? { node, reason: "its network reload ended OK, but FRR did not reload its config", lines }
      : undefined;
  } catch (error) {
    if (!(error instanceof PveshError)) throw error;
    return { node, reason: `it went away during its network reload: ${error.detail}`, lines: [] };
  }
}

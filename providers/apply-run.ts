import { PendingChange, pendingText, readPending } from "./sdn-pending";
import { Pvesh, PveshError } from "./pvesh";
import { nodeOfUpid, startOfUpid, taskLog, taskSince, waitForTask } from "./tasks";

export interface ApplyRun {
  /** Names of all nodes that the apply must reach. */
  nodes: readonly string[];
  timeoutSeconds: number;
  /** One line of progress. */
  say: (line: string) => void;
}

/** PVE's parent task names the node before each reload; every other line of it is trouble. */
const ORDINARY_LINE = /: reloading network config$|^TASK OK$/;
/** Lines of a node's own log shown in an error: its end tells what failed. */
const SHOWN_LINES = 15;

interface NodeFailure {
  node: string;
  reason: string;
  lines: string[];
}

function failureText(upid: string, failures: NodeFailure[]): string {
  const blocks = failures.map(({ node, reason, lines }) =>
    [`  ${node}: ${reason}`, ...lines.slice(-SHOWN_LINES).map((line) => `    | ${line}`)].join(
      "\n",
    ),
  );
  return [
    `The SDN apply ended, but not on every node (Proxmox VE calls it OK all the same; task ${upid}):`,
    ...blocks,
    "Mend the cause on the node, then run `pulumi up` again; it applies again.",
  ].join("\n");
}

/** The node's reload that this apply began, or why there is none. */
async function reloadOf(
  pvesh: Pvesh,
  node: string,
  since: number,
): Promise<string | { why: string }> {
  try {
    return (await taskSince(pvesh, node, "srvreload", since)) ?? { why: "is the node up?" };
  } catch (error) {
    // Tasks of a node that is down cannot be listed; PVE's own words say so.
    if (error instanceof PveshError) return { why: error.detail };
    throw error;
  }
}

async function nodeFailure(
  pvesh: Pvesh,
  node: string,
  since: number,
  deadline: number,
  parentLines: string[],
): Promise<NodeFailure | undefined> {
  const upid = await reloadOf(pvesh, node, since);
  if (typeof upid !== "string") {
    const lines = parentLines.filter((line) => !ORDINARY_LINE.test(line));
    return { node, reason: `its network reload never began: ${upid.why}`, lines };
  }
  const status = await waitForTask(pvesh, upid, deadline);
  if (status === "OK") return undefined;
  const reason =
    status === undefined
      ? "its network reload is still running"
      : `its network reload ended with '${status}'`;
  return { node, reason, lines: await taskLog(pvesh, upid) };
}

/**
 * Runs one cluster-wide apply (`PUT /cluster/sdn`) and believes only the nodes' own tasks: the parent
 * task ends OK even when a node was down or its reload failed.
 * @returns the parent task's UPID
 * @throws Error with every failed node and its own last lines
 */
export async function runApply(pvesh: Pvesh, run: ApplyRun): Promise<string> {
  const started = Date.now();
  const deadline = started + run.timeoutSeconds * 1000;
  const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
  run.say(`applying on ${run.nodes.join(", ")}`);
  const output = await pvesh.write("set", "/cluster/sdn", {}, run.timeoutSeconds * 1000);
  const upid = /UPID:[^\s"]+/.exec(output)?.[0];
  if (!upid) throw new Error("Proxmox VE began no task for the SDN apply; run `pulumi up` again.");
  const parent = await waitForTask(pvesh, upid, deadline);
  if (parent === undefined) {
    throw new Error(
      `The SDN apply did not end within ${run.timeoutSeconds} s (task ${upid} on ${nodeOfUpid(upid)}). ` +
        "Look at the task in Proxmox VE; raise apply.timeoutSeconds if the cluster is only slow.",
    );
  }
  const parentLines = await taskLog(pvesh, upid);
  const failures: NodeFailure[] = [];
  for (const node of run.nodes) {
    const failure = await nodeFailure(pvesh, node, startOfUpid(upid), deadline, parentLines);
    run.say(`${node}: ${failure ? "failed" : "reloaded"} (${elapsed()})`);
    if (failure) failures.push(failure);
  }
  if (failures.length > 0) throw new Error(failureText(upid, failures));
  if (parent !== "OK") {
    throw new Error(
      [
        `The SDN apply ended with '${parent}' (task ${upid}):`,
        ...parentLines.slice(-SHOWN_LINES),
      ].join("\n  | "),
    );
  }
  return upid;
}

/** What is still pending after an apply; PVE would commit it at some node's next boot. */
export async function assertNothingPending(pvesh: Pvesh): Promise<void> {
  const left: PendingChange[] = await readPending(pvesh);
  if (left.length === 0) return;
  throw new Error(
    `After the SDN apply something is still pending: ${left.map(pendingText).join(", ")}. ` +
      "Another tool or administrator writes at the same time; agree with them, then run `pulumi up` again.",
  );
}

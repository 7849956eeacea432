import { nodeFailure, NodeFailure, reloadsBefore } from "./node-reloads";
import { Pvesh } from "./pvesh";
import { pendingText, readPending } from "./sdn-config";
import { nodeOfUpid, taskLog, waitForTask } from "./tasks";

export interface ApplyRun {
  /** Names of all nodes that the apply must reach. */
  nodes: readonly string[];
  timeoutSeconds: number;
  /** Texts in which a node's reload may end beside OK. */
  accepted: readonly string[];
  /** One line of progress. */
  say: (line: string) => void;
  /** Looks at FRR on the nodes before the apply; what it gives mends them after it (see frr-load). */
  watchFrr: () => Promise<() => Promise<NodeFailure[]>>;
}

/** Lines of a node's own log shown in an error: its end tells what failed. */
const SHOWN_LINES = 15;
/** Milliseconds between two lines of progress while nothing else happens. */
const HEARTBEAT_MS = 20_000;

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

/** Says which node is being reloaded, from the parent task's lines as they come. */
class Progress {
  private readonly started = Date.now();
  private at = "waiting for Proxmox VE";
  private rest = "";
  private readonly heartbeat = setInterval(() => this.line(this.at), HEARTBEAT_MS);

  constructor(private readonly say: (line: string) => void) {}

  line(text: string): void {
    this.say(`${text} (${Math.round((Date.now() - this.started) / 1000)} s)`);
  }

  output(text: string): void {
    const lines = (this.rest + text).split("\n");
    this.rest = lines.pop() ?? "";
    for (const line of lines) {
      const node = /^(\S+): reloading network config$/.exec(line)?.[1];
      if (node === undefined) continue;
      this.at = `${node}: reloading`;
      this.line(this.at);
    }
  }

  end(): void {
    clearInterval(this.heartbeat);
  }
}

function timeoutError(upid: string, timeoutSeconds: number): Error {
  return new Error(
    `The SDN apply did not end within ${timeoutSeconds} s (task ${upid} on ${nodeOfUpid(upid)}). ` +
      "Look at the task in Proxmox VE; raise apply.timeoutSeconds if the cluster is only slow.",
  );
}

/**
 * Runs one cluster-wide apply (`PUT /cluster/sdn`) and believes only the nodes' own tasks: the parent
 * task ends OK even when a node was down or its reload failed.
 * @param put sends the apply, passing on its output while it runs
 * @returns the parent task's UPID
 * @throws Error with every failed node and its own last lines
 */
export async function runApply(
  pvesh: Pvesh,
  run: ApplyRun,
  put: (options: { timeoutMs: number; onOutput: (text: string) => void }) => Promise<string>,
): Promise<string> {
  const { nodes, timeoutSeconds, accepted } = run;
  const [before, mendFrr] = await Promise.all([reloadsBefore(pvesh, nodes), run.watchFrr()]);
  const deadline = Date.now() + timeoutSeconds * 1000;
  run.say(`applying on ${nodes.join(", ")}`);
  const progress = new Progress(run.say);
  try {
    const onOutput = (text: string) => progress.output(text);
    const output = await put({ timeoutMs: timeoutSeconds * 1000, onOutput });
    const upid = /UPID:[^\s"]+/.exec(output)?.[0];
    if (!upid)
      throw new Error("Proxmox VE began no task for the SDN apply; run `pulumi up` again.");
    const status = await waitForTask(pvesh, upid, deadline);
    if (status === undefined) throw timeoutError(upid, timeoutSeconds);
    const parentLines = await taskLog(pvesh, upid);
    const failures: NodeFailure[] = [];
    for (const node of nodes) {
      const apply = { before, parent: upid, parentLines, deadline, accepted };
      const failure = await nodeFailure(pvesh, node, apply);
      progress.line(`${node}: ${failure ? "failed" : "reloaded"}`);
      if (failure) failures.push(failure);
    }
    if (failures.length === 0) failures.push(...(await mendFrr()));
    if (failures.length > 0) throw new Error(failureText(upid, failures));
    if (status === "OK") return upid;
    const last = parentLines.slice(-SHOWN_LINES);
    throw new Error(
      [`The SDN apply ended with '${status}' (task ${upid}):`, ...last].join("\n  | "),
    );
  } finally {
    progress.end();
  }
}

/** What is still pending after an apply; PVE would commit it at some node's next boot. */
export async function assertNothingPending(pvesh: Pvesh): Promise<void> {
  const left = await readPending(pvesh);
  if (left.length === 0) return;
  throw new Error(
    `After the SDN apply something is still pending: ${left.map(pendingText).join(", ")}. ` +
      "Another tool or administrator writes at the same time; agree with them, then run `pulumi up` again.",
  );
}

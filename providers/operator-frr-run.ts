import type { NodeEndpoint } from "../plan/types";
import type { On } from "./ssh";
import { blockIn, Edited, OperatorBlock } from "../plan/operator-file";
import { lookAtAll, waitForAll } from "./operator-frr-gate";
import {
  loadText,
  ReadFile,
  readOperatorFile,
  refusalText,
  restoreText,
  settleText,
} from "./operator-frr-node";

/** A node whose frr.conf is the operator's. */
export interface OperatorNode {
  endpoint: NodeEndpoint;
  /** Loopback addresses of the other nodes. */
  loopbacks: string[];
  block: OperatorBlock;
}

/** An edit of the nodes' files, the same kind on each. */
export interface OperatorRun {
  /** Nodes to edit, in this order. */
  nodes: readonly OperatorNode[];
  edit: (text: string, node: OperatorNode) => Edited;
  /** Families whose sessions are to be back; undefined: all. Without EVPN when the block goes. */
  withEvpn: boolean;
  /** Bound for the gate behind each node. */
  timeoutSeconds: number;
  on: On;
  say: (line: string) => void;
}

interface Edit {
  node: OperatorNode;
  file: ReadFile;
  after: string;
}

/** Reads and edits all files before the first is touched. @throws Error with every refusal at once */
async function editAll({ nodes, edit, on }: OperatorRun): Promise<Edit[]> {
  const read = await Promise.all(
    nodes.map(async (node) => ({ node, file: await on(node.endpoint, readOperatorFile) })),
  );
  const edited = read.map(({ node, file }) => ({ node, file, result: edit(file.text, node) }));
  const refusals = edited.flatMap(({ node, result }) => refusalText(node.endpoint.name, result));
  if (refusals.length > 0) {
    throw new Error(
      [
        "Our block cannot be put into the operator's frr.conf; no node was changed:",
        ...refusals,
      ].join("\n"),
    );
  }
  return edited.flatMap(({ node, file, result }) =>
    "text" in result ? [{ node, file, after: result.text }] : [],
  );
}

/** Whether the file is as wanted and FRR runs what stands in our block. */
function isDone({ node, file, after }: Edit): boolean {
  if (file.text !== after) return false;
  const ours = new Set((blockIn(after, node.block.owner) ?? "").split("\n").map((l) => l.trim()));
  return !file.unloaded.some((line) => ours.has(line));
}

/** Lines of the operator's that go live together with ours, so that nobody is surprised. */
function announce({ node, file }: Edit, say: OperatorRun["say"]): void {
  const ours = new Set(node.block.text.split("\n").map((line) => line.trim()));
  const foreign = file.unloaded.filter((line) => !ours.has(line.replace(/^no longer: /, "")));
  if (foreign.length === 0) return;
  const more = foreign.length > 5 ? ` and ${foreign.length - 5} more` : "";
  say(
    `${node.endpoint.name}: its frr.conf holds edits that FRR does not run yet, and they are loaded too: ${foreign.slice(0, 5).join("; ")}${more}`,
  );
}

async function loadOne(edit: Edit, run: OperatorRun): Promise<void> {
  const { on, say, nodes, timeoutSeconds } = run;
  const { endpoint, block } = edit.node;
  const started = Date.now();
  const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const before = await lookAtAll(on, nodes);
  const wanted = before.filter(({ family, peer }) =>
    family === "l2VpnEvpn" ? run.withEvpn && block.neighbors.includes(peer) : true,
  );
  announce(edit, say);
  say(`${endpoint.name}: FRR loads frr.conf`);
  await on(endpoint, (session) => loadText(session, edit.file.text, edit.after));
  say(`${endpoint.name}: loaded (${elapsed()}); waiting for ${wanted.length} sessions and routes`);
  const missing = await waitForAll(on, nodes, wanted, timeoutSeconds);
  if (missing.length === 0) {
    await on(endpoint, (session) => settleText(session, edit.after));
    say(`${endpoint.name}: all of them are there (${elapsed()})`);
    return;
  }
  const restored = await on(endpoint, (session) => restoreText(session, edit.after)).then(
    () => "its frr.conf is as before, and loaded",
    (error: Error) => `its frr.conf could not be put back: ${error.message}`,
  );
  throw new Error(
    [
      `${endpoint.name}: ${missing.length} of ${wanted.length} sessions and loopback routes were not back ${timeoutSeconds} s after FRR loaded frr.conf; ${restored}. The nodes after it were not touched. Missing:`,
      ...missing.map(({ text }) => `  ${text}`),
      "Look at `vtysh -c 'show bgp summary'` there, then run `pulumi up` again.",
    ].join("\n"),
  );
}

/**
 * Edits and loads the operator's frr.conf node after node: a reload resets the node's sessions for
 * seconds, so the next one waits until the ones before are back. A node that fails gets its text
 * back, and the nodes behind it stay as they are.
 * @throws Error with the node, what failed, and what is missing
 */
export async function runOperatorLoad(run: OperatorRun): Promise<void> {
  const edits = await editAll(run);
  for (const edit of edits) {
    if (isDone(edit)) run.say(`${edit.node.endpoint.name}: frr.conf is as planned, and loaded`);
    else await loadOne(edit, run);
  }
}

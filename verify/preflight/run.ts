import type { NodeEndpoint } from "../../plan/types";
import { Pvesh, PveshError } from "../../providers/pvesh";
import { SshError, SshSession } from "../../providers/ssh";
import { CLUSTER, Finding, finding } from "./finding";
import { ClusterObservation, observeCluster } from "./observe-cluster";
import { NodeObservation, observeNode, UnreadableNode } from "./observe-node";
import { judge } from "./judge";
import type { Wanted, WantedNode } from "./expect";

/** Milliseconds that a connection may take: a dead node is to be named in seconds, a busy one not. */
export const CONNECT_MS = 20_000;

export interface PreflightRun {
  wanted: Wanted;
  /** Runs work on a connection to a node, which is made within {@link CONNECT_MS}. */
  on: <T>(endpoint: NodeEndpoint, work: (session: SshSession) => Promise<T>) => Promise<T>;
  /** One line of progress. */
  say: (line: string) => void;
}

/** What was seen of the whole cluster. */
export interface Observed {
  nodes: ReadonlyMap<string, NodeObservation>;
  cluster?: ClusterObservation;
}

type Look<T> = { seen: T } | { failed: Finding };

function failedLook({ node, path }: WantedNode, error: unknown): Finding {
  if (error instanceof SshError) {
    const what = error.message
      .replace(error.remedy ?? "", "")
      .trim()
      .replace(/\.$/, "");
    const dead = `If it is dead for good, mark it \`retired: true\``;
    return finding(node.name, "ssh", what.replace(`${node.name} `, ""), {
      where: path,
      ...(error.remedy ? { remedy: `${error.remedy} ${dead}` } : {}),
    });
  }
  if (error instanceof UnreadableNode) {
    return finding(node.name, "ssh", error.message, { where: path, remedy: "Run it there" });
  }
  throw error;
}

function clusterFailure(error: unknown): Finding {
  if (!(error instanceof PveshError || error instanceof SshError)) throw error;
  return finding(CLUSTER, "quorum", error.message, {
    why: "controller and apply go through pvesh",
    remedy:
      "Mend Proxmox VE on that node first (`pvecm status`), or name another cluster.entryNode",
  });
}

/** The entry node is asked for the cluster too; when it is not there, the first that answers. */
async function observeAll(run: PreflightRun): Promise<{ observed: Observed; failed: Finding[] }> {
  const { wanted, on, say } = run;
  const { plan } = wanted;
  const [firstPeer = ""] = plan.controller.peers;
  const askCluster = (session: SshSession): Promise<Look<ClusterObservation>> =>
    observeCluster(new Pvesh(session), plan.zone.nodes).then(
      (seen) => ({ seen }),
      (error: unknown) => ({ failed: clusterFailure(error) }),
    );
  let cluster: Look<ClusterObservation> | undefined;
  const looks = await Promise.all(
    wanted.nodes.map(async (node): Promise<[WantedNode, Look<NodeObservation>]> => {
      const started = Date.now();
      const ended = (how: string) =>
        say(
          `preflight: ${node.node.name} ${how} (${((Date.now() - started) / 1000).toFixed(1)} s)`,
        );
      try {
        const seen = await on(node.node.endpoint, async (session) => {
          const isEntry = node.node.name === plan.entryNode;
          // Side by side, over the one connection: each start of pvesh takes a second.
          const [answer, ofCluster] = await Promise.all([
            observeNode(session, firstPeer),
            isEntry ? askCluster(session) : undefined,
          ]);
          cluster ??= ofCluster;
          return answer;
        });
        ended("looked at");
        return [node, { seen }];
      } catch (error) {
        const failed = failedLook(node, error);
        ended("could not be looked at");
        return [node, { failed }];
      }
    }),
  );
  const nodes = new Map(
    looks.flatMap(([{ node }, look]) => ("seen" in look ? [[node.name, look.seen] as const] : [])),
  );
  const substitute = wanted.nodes.find(({ node }) => nodes.has(node.name));
  if (cluster === undefined && substitute) {
    cluster = await on(substitute.node.endpoint, askCluster).catch((error: unknown) => ({
      failed: clusterFailure(error),
    }));
  }
  const failed = looks.flatMap(([, look]) => ("failed" in look ? [look.failed] : []));
  return {
    observed: { nodes, ...(cluster && "seen" in cluster ? { cluster: cluster.seen } : {}) },
    failed: [...failed, ...(cluster && "failed" in cluster ? [cluster.failed] : [])],
  };
}

/**
 * Looks at all nodes in parallel, over one connection each, and at the cluster, and changes nothing.
 * @returns all findings at once, errors and warnings
 */
export async function preflight(run: PreflightRun): Promise<Finding[]> {
  const names = run.wanted.nodes.map(({ node }) => node.name).join(", ");
  run.say(`preflight: looking at ${names}`);
  const { observed, failed } = await observeAll(run);
  return judge(run.wanted, observed, failed);
}

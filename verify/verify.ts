import { setTimeout as sleep } from "node:timers/promises";
import type { NodeEndpoint } from "../plan/types";
import { PveshError } from "../providers/pvesh";
import type { SshSession } from "../providers/ssh";
import { checkCluster } from "./checks/cluster";
import { checkL3Vni, checkNeighbors, checkRouteTargets, checkVteps } from "./checks/control-plane";
import { checkBridges, checkGateways, checkVrf, checkVxlan } from "./checks/devices";
import { checkSnat, checkUpstream } from "./checks/exits";
import { checkDuplicates, checkGatewayMacs, checkType2, Looked } from "./checks/fabric";
import { checkBlock, checkFrrConfig } from "./checks/frr-config";
import { checkDaemons, checkLoopbacks, checkSysctls } from "./checks/node";
import {
  checkDefaults,
  checkFdb,
  checkNextHops,
  checkType3,
  checkVrfRoutes,
} from "./checks/routes";
import { checkLinks, checkPaths, checkUnderlay } from "./checks/underlay";
import { expectationsOf, NodeExpectation } from "./expect";
import { markConsequences } from "./follows";
import type { FabricIntent } from "./intent";
import type { Observation } from "./observation";
import { observe, ObserveError } from "./observe";
import { ClusterObservation, observeCluster } from "./observe-cluster";
import { forgiveRetired } from "./retired-links";
import { CHECKS, fail, pass, Row } from "./row";

/** Checks of one node by itself, and of all nodes against each other. */
const OF_NODE: ((expected: NodeExpectation, observed: Observation) => Row[])[] = [
  ...[checkDaemons, checkSysctls, checkLinks, checkLoopbacks, checkBlock, checkFrrConfig],
  ...[checkUnderlay, checkPaths, checkNeighbors, checkVxlan, checkVrf, checkBridges],
  ...[checkL3Vni, checkVteps, checkGateways, checkRouteTargets, checkType3, checkNextHops],
  ...[checkFdb, checkDefaults, checkVrfRoutes, checkSnat, checkUpstream],
];
const OF_FABRIC = [checkGatewayMacs, checkType2, checkDuplicates];

const POLL_MS = 1500;
const ORDER = Object.keys(CHECKS);

export interface VerifyRun {
  intent: FabricIntent;
  endpoints: NodeEndpoint[];
  /** Runs work on a connection to a node. */
  on: <T>(endpoint: NodeEndpoint, work: (session: SshSession) => Promise<T>) => Promise<T>;
}

export interface Verdict {
  rows: Row[];
}

export const failedRows = ({ rows }: Verdict) => rows.filter(({ status }) => status === "fail");
export const isSound = (verdict: Verdict) => failedRows(verdict).length === 0;

/** Why a node could not be looked at. */
export interface Unseen {
  reason: string;
  cause: "node-unreachable" | "node-silent";
}

const isSeen = (observed: Observation | Unseen | undefined): observed is Observation =>
  observed !== undefined && "links" in observed;

/** What one look found: nodes by name, or why a node could not be looked at. */
interface Look {
  nodes: Map<string, Observation | Unseen>;
  /** Absent: PVE was not asked this time. */
  cluster?: ClusterObservation | string;
}

/** All rows of one look, consequences marked. Pure. */
export function judge(intent: FabricIntent, { nodes, cluster }: Look): Row[] {
  const expectations = expectationsOf(intent);
  const looked = expectations.flatMap((expected): Looked[] => {
    const observed = nodes.get(expected.node);
    return isSeen(observed) ? [{ expected, observed }] : [];
  });
  const reached = expectations.map(({ node }): Row => {
    const observed = nodes.get(node);
    const base = { check: "node" as const, node, subject: "SSH", expected: "looked at" };
    if (isSeen(observed)) return pass(base);
    const { reason, cause } = observed ?? NO_ENDPOINT;
    return fail(base, reason, cause, `ssh ${node}`);
  });
  const rows = [
    ...reached,
    ...looked.flatMap(({ expected, observed }) =>
      OF_NODE.flatMap((check) => check(expected, observed)),
    ),
    ...OF_FABRIC.flatMap((check) => check(looked)),
    ...clusterRows(intent, cluster),
  ];
  return markConsequences(forgiveRetired(intent, rows)).sort(
    (a, b) => ORDER.indexOf(a.check) - ORDER.indexOf(b.check) || a.node.localeCompare(b.node),
  );
}

function clusterRows(intent: FabricIntent, cluster: Look["cluster"]): Row[] {
  if (cluster === undefined) return [];
  if (typeof cluster === "object") return checkCluster(intent, cluster);
  const base = { check: "node" as const, node: intent.entryNode, subject: "pvesh" };
  return [
    fail({ ...base, expected: "answers" }, cluster, "node-unreachable", "pvesh get /version"),
  ];
}

const NO_ENDPOINT: Unseen = { reason: "it has no endpoint", cause: "node-unreachable" };

type Answer = { node: string; observed: Observation | Unseen; cluster?: Look["cluster"] };

async function lookAt(
  run: VerifyRun,
  expected: NodeExpectation,
  askCluster: boolean,
): Promise<Answer> {
  const { node } = expected;
  const endpoint = run.endpoints.find(({ name }) => name === node);
  if (!endpoint) return { node, observed: NO_ENDPOINT };
  const zoneNodes = run.intent.nodes.filter(({ inZone }) => inZone).map(({ name }) => name);
  try {
    return await run.on(endpoint, async (session) => {
      const ask = () =>
        observeCluster(session, zoneNodes).catch((error: Error) => {
          if (error instanceof PveshError) return error.message;
          throw error;
        });
      const [observed, cluster] = await Promise.all([
        observe(session, expected),
        askCluster && node === run.intent.entryNode ? ask() : undefined,
      ]);
      return { node, observed, cluster };
    });
  } catch (error) {
    const silent = error instanceof ObserveError && error.silent;
    const cause = silent ? "node-silent" : "node-unreachable";
    return { node, observed: { reason: (error as Error).message, cause } };
  }
}

/** Looks at every node once, all in parallel. */
async function look(run: VerifyRun, askCluster: boolean): Promise<Look> {
  const answers = await Promise.all(
    expectationsOf(run.intent).map((expected) => lookAt(run, expected, askCluster)),
  );
  return {
    nodes: new Map(answers.map(({ node, observed }) => [node, observed])),
    cluster: answers.find(({ cluster }) => cluster !== undefined)?.cluster,
  };
}

/** Looks once and compares with what is expected. @param askCluster whether Proxmox VE is asked too */
export async function verifyOnce(run: VerifyRun, askCluster = true): Promise<Verdict> {
  return { rows: judge(run.intent, await look(run, askCluster)) };
}

const OF_CLUSTER = ["pending", "zone", "vnet", "guest"];

/** PVE answers slowly and changes seldom: it is asked again only while its own rows fail. */
function settled(rows: Row[], { cluster }: Look): ClusterObservation | undefined {
  const failing = rows.some(({ check, status }) => OF_CLUSTER.includes(check) && status === "fail");
  return typeof cluster === "object" && !failing ? cluster : undefined;
}

/**
 * Looks until everything is sound or the time is over. BGP needs seconds after an apply, so a failure
 * at first is not the verdict.
 * @param waitSeconds bound; at least one look is taken
 * @param say gets a line when what is waited for changes
 */
export async function verifyUntil(
  run: VerifyRun,
  waitSeconds: number,
  say: (line: string) => void,
): Promise<Verdict> {
  const started = Date.now();
  let said = "";
  let known: ClusterObservation | undefined;
  for (;;) {
    const now = await look(run, known === undefined);
    const seen = { ...now, cluster: known ?? now.cluster };
    const rows = judge(run.intent, seen);
    known = settled(rows, seen);
    const verdict = { rows };
    const [first, ...more] = failedRows(verdict);
    if (!first || Date.now() - started >= waitSeconds * 1000) return verdict;
    const line = `waiting for ${more.length + 1} of ${rows.length} checks, first: ${first.node} ${first.check} ${first.subject}`;
    if (line !== said) say(`${line} (${Math.round((Date.now() - started) / 1000)} s)`);
    said = line;
    await sleep(POLL_MS);
  }
}

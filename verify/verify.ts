import { setTimeout as sleep } from "node:timers/promises";
import type { NodeEndpoint } from "../plan/types";
import type { SshSession } from "../providers/ssh";
import { checkFdb } from "./checks/fdb";
import { checkGateway } from "./checks/gateway";
import { checkNeighbor } from "./checks/neighbor";
import { checkVxlan } from "./checks/vxlan";
import { NodeExpectation } from "./expect";
import { observe } from "./observe";
import { Row } from "./row";

const CHECKS = [checkVxlan, checkGateway, checkNeighbor, checkFdb];
const POLL_MS = 1500;

export interface VerifyRun {
  expectations: NodeExpectation[];
  endpoints: NodeEndpoint[];
  /** Runs work on a connection to a node. */
  on: <T>(endpoint: NodeEndpoint, work: (session: SshSession) => Promise<T>) => Promise<T>;
}

/** A node that could not be looked at, with the reason. */
export interface Unseen {
  node: string;
  reason: string;
}

export interface Verdict {
  rows: Row[];
  unseen: Unseen[];
}

export const failedRows = (verdict: Verdict) =>
  verdict.rows.filter(({ status }) => status === "fail");
export const isSound = (verdict: Verdict) =>
  verdict.unseen.length === 0 && failedRows(verdict).length === 0;

/** Looks at every node once, all in parallel, and compares with what is expected. */
export async function verifyOnce(run: VerifyRun): Promise<Verdict> {
  const verdicts = await Promise.all(
    run.expectations.map(async (expectation): Promise<Verdict> => {
      const { node } = expectation;
      const endpoint = run.endpoints.find(({ name }) => name === node);
      if (!endpoint) return { rows: [], unseen: [{ node, reason: "it has no endpoint" }] };
      try {
        const observed = await run.on(endpoint, observe);
        return { rows: CHECKS.flatMap((check) => check(expectation, observed)), unseen: [] };
      } catch (error) {
        return { rows: [], unseen: [{ node, reason: (error as Error).message }] };
      }
    }),
  );
  return {
    rows: verdicts.flatMap(({ rows }) => rows),
    unseen: verdicts.flatMap(({ unseen }) => unseen),
  };
}

/**
 * Looks until everything is sound or the time is over. BGP needs seconds after an apply, so a failure
 * at first is not the verdict.
 * @param waitSeconds bound; at least one look is taken
 * @param say gets a line when the number of open points changes
 */
export async function verifyUntil(
  run: VerifyRun,
  waitSeconds: number,
  say: (line: string) => void,
): Promise<Verdict> {
  const started = Date.now();
  let openBefore = -1;
  for (;;) {
    const verdict = await verifyOnce(run);
    if (isSound(verdict)) return verdict;
    const failed = failedRows(verdict);
    const open = failed.length + verdict.unseen.length;
    if (open !== openBefore) {
      const first = failed[0];
      const what = first
        ? `${first.node} ${first.check} ${first.subject}`
        : verdict.unseen[0]?.node;
      say(`waiting for ${open} of ${verdict.rows.length} checks, first: ${what}`);
      openBefore = open;
    }
    if (Date.now() - started >= waitSeconds * 1000) return verdict;
    await sleep(POLL_MS);
  }
}

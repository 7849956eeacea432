import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import type { NodeEndpoint } from "../plan/types";
import { On, quoteArgv, SshSession } from "./ssh";

/** The gate between two nodes: what carried the fabric before a node's reload has to be back. */

const summarySchema = z.record(
  z.string(),
  z.looseObject({
    peers: z.record(z.string(), z.looseObject({ state: z.string() })).default({}),
  }),
);

export interface GateNode {
  endpoint: NodeEndpoint;
  /** Loopback addresses of the other nodes. */
  loopbacks: string[];
}

/** A session or a loopback's route of one node, by which packets or routes get through. */
export interface Carrier {
  /** FRR's name of the family ("ipv6Unicast", "l2VpnEvpn"), or "route". */
  family: string;
  /** Neighbor, or loopback address. */
  peer: string;
  /** What it is and where, for messages. */
  text: string;
}

const SEPARATOR = "@@";
const POLL_MS = 1000;

function lookCommand(loopbacks: readonly string[]): string {
  // Exactly the host route: a default route leads anywhere.
  const routes = loopbacks.map(
    (address) =>
      `ip route show ${quoteArgv([address])} | grep -q . && echo ${quoteArgv([address])}`,
  );
  return ["vtysh -c 'show bgp summary json'", `echo '${SEPARATOR}'`, ...routes, "true"].join("\n");
}

/** A node whose bgpd does not answer has no sessions. */
function sessionsIn(json: string): { family: string; peer: string }[] {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return [];
  }
  const summary = summarySchema.safeParse(value);
  return Object.entries(summary.data ?? {}).flatMap(([family, { peers }]) =>
    Object.entries(peers)
      .filter(([, { state }]) => state === "Established")
      .map(([peer]) => ({ family, peer })),
  );
}

async function look(session: SshSession, { loopbacks }: GateNode): Promise<Carrier[]> {
  const { stdout } = await session.exec(lookCommand(loopbacks));
  const [json = "", routes = ""] = stdout.split(`${SEPARATOR}\n`);
  const addresses = routes.split("\n").filter((address) => address !== "");
  return [
    ...sessionsIn(json).map(({ family, peer }) => ({
      family,
      peer,
      text: `${session.node}: ${family} session with ${peer}`,
    })),
    ...addresses.map((peer) => ({
      family: "route",
      peer,
      text: `${session.node}: route to loopback ${peer}`,
    })),
  ];
}

/** Established sessions and loopback routes of all nodes. A node that does not answer has none. */
export async function lookAtAll(on: On, nodes: readonly GateNode[]): Promise<Carrier[]> {
  const seen = await Promise.all(
    nodes.map((node) => on(node.endpoint, (session) => look(session, node)).catch(() => [])),
  );
  return seen.flat();
}

/**
 * Waits until all of `wanted` is there, twice in a row: a session that is about to be reset still
 * counts as Established for a moment.
 * @returns what is missing at the end of the bound; empty when all is back
 */
export async function waitForAll(
  on: On,
  nodes: readonly GateNode[],
  wanted: readonly Carrier[],
  timeoutSeconds: number,
): Promise<Carrier[]> {
  const deadline = Date.now() + timeoutSeconds * 1000;
  let good = 0;
  for (;;) {
    const seen = new Set((await lookAtAll(on, nodes)).map(({ text }) => text));
    const missing = wanted.filter(({ text }) => !seen.has(text));
    good = missing.length === 0 ? good + 1 : 0;
    if (good === 2) return [];
    if (Date.now() >= deadline && good === 0) return missing;
    await sleep(POLL_MS);
  }
}

import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { parseConfig } from "../../config/parse";
import { buildPlan } from "../../plan/plan";
import { withSession } from "../../providers/ssh";
import { intentOf } from "../../verify/intent";
import type { Row } from "../../verify/row";
import { VerifyRun, verifyOnce } from "../../verify/verify";
import { eventually, paths } from "./harness";

const PREFIX = "proxmox-evpn:";

/** The lab's stack as `evpn verify` reads it, without starting a process for every look. */
export function labRun(): VerifyRun {
  const file = path.join(paths.lab, "Pulumi.lab.yaml");
  const { config } = parse(fs.readFileSync(file, "utf8")) as { config: Record<string, unknown> };
  const raw = Object.fromEntries(
    Object.entries(config)
      .filter(([, value]) => typeof value !== "object" || !Object.hasOwn(value ?? {}, "secure"))
      .map(([key, value]) => [key.replace(PREFIX, ""), value]),
  );
  const plan = buildPlan(parseConfig(raw), { project: "proxmox-evpn", stack: "lab" });
  const ssh = { agent: paths.agent, timeoutMs: 60_000 };
  return {
    intent: intentOf(plan),
    endpoints: plan.nodes.map(({ endpoint }) => endpoint),
    on: (endpoint, work) => withSession(endpoint, ssh, work),
  };
}

export const nameOf = ({ node, check, subject }: Pick<Row, "node" | "check" | "subject">) =>
  `${node} ${check} ${subject}`;

/** Failing rows with their cause, sorted. */
export const blamed = (rows: Row[]) =>
  rows
    .filter(({ status }) => status === "fail")
    .map((row) => `${nameOf(row)}: ${row.cause}`)
    .sort();

/** Polls until nothing is blamed: the nodes first, since Proxmox VE answers slowly. */
export async function green(run: VerifyRun, seconds: number): Promise<void> {
  await eventually(
    async () => blamed(await look(run)),
    (rows) => rows.length === 0,
    seconds,
  );
  await eventually(
    async () => blamed(await look(run, true)),
    (rows) => rows.length === 0,
    seconds,
  );
}

/** One look. @param askCluster whether Proxmox VE is asked too, which takes seconds */
export const look = async (run: VerifyRun, askCluster = false): Promise<Row[]> =>
  (await verifyOnce(run, askCluster)).rows;

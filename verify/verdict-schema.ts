import { z } from "zod";
import { CAUSES } from "./causes";
import { CHECKS, Row } from "./row";
import { failedRows, isSound, Verdict } from "./verify";

/** Changes when a field changes its meaning or goes; new fields do not change it. */
export const VERDICT_VERSION = 1;

const checkSchema = z.enum(Object.keys(CHECKS) as [Row["check"], ...Row["check"][]]);
const causeSchema = z.enum(Object.keys(CAUSES) as [keyof typeof CAUSES]);

const nameSchema = z.object({
  check: checkSchema.describe("What is checked"),
  node: z.string().describe("Node on which it was looked at"),
  subject: z.string().describe("What was looked at: a device, a gateway, a neighbor"),
});

const rowSchema = nameSchema.extend({
  status: z
    .enum(["pass", "fail", "warn", "skip"])
    .describe(
      "warn: not as expected, and either it follows from a failure elsewhere or it is harmless; skip: not looked at",
    ),
  expected: z.string(),
  observed: z.string(),
  reason: z.string().optional().describe("Why it is skipped, or why a warning is harmless"),
  cause: causeSchema.optional().describe("Of a failure: the likely cause"),
  likely: z.string().optional().describe("The cause in words"),
  look: z.string().optional().describe("Commands to look closer, as typed on the node"),
  follows: nameSchema.optional().describe("Of a warning: the failure from which it follows"),
  peer: z.string().optional().describe("The other node, where the row is about two"),
  device: z.string().optional().describe("Interface or bridge that the row is about"),
});

/** What `evpn verify --json` prints. */
export const verdictSchema = z.object({
  version: z.literal(VERDICT_VERSION),
  stack: z.string(),
  at: z.iso.datetime().describe("When the last look ended"),
  sound: z.boolean().describe("Whether no row fails"),
  counts: z.object({
    pass: z.number().int(),
    fail: z.number().int(),
    warn: z.number().int(),
    skip: z.number().int(),
  }),
  rows: z.array(rowSchema),
});
export type VerdictDocument = z.infer<typeof verdictSchema>;

/** Makes the document of a verdict. @param at when the look ended */
export function verdictDocument(stack: string, at: Date, verdict: Verdict): VerdictDocument {
  const count = (status: Row["status"]) =>
    verdict.rows.filter((row) => row.status === status).length;
  return {
    version: VERDICT_VERSION,
    stack,
    at: at.toISOString(),
    sound: isSound(verdict),
    counts: { pass: count("pass"), fail: count("fail"), warn: count("warn"), skip: count("skip") },
    rows: verdict.rows,
  };
}

/** The published schema, docs/verify.schema.json, as text. */
export function schemaText(): string {
  const schema = z.toJSONSchema(verdictSchema);
  return `${JSON.stringify({ title: "evpn verify --json", ...schema }, null, 2)}\n`;
}

/**
 * Whether nothing fails but that nodes could not be looked at, and nobody misses them: then nothing is
 * known to be wrong with the fabric.
 */
export function couldNotLook(verdict: Verdict): boolean {
  const failed = failedRows(verdict);
  const missed = verdict.rows.some(({ follows }) => follows?.check === "node");
  return failed.length > 0 && failed.every(({ check }) => check === "node") && !missed;
}

import { parseArgs } from "node:util";
import { ConfigError } from "../config/violation";
import { withSession } from "../providers/ssh";
import { expectationsOf } from "../verify/expect";
import { failureReport, nodeTable } from "../verify/report";
import { isSound, verifyUntil } from "../verify/verify";
import { CannotLook, loadStack } from "./stack";

const HELP = `evpn: looks at a fabric of this project

  evpn verify --stack NAME [--wait SECONDS] [--json]
      Compares what the nodes say with what the stack's config plans.
      Exit code 0: everything passes; 1: something fails; 2: could not look.
`;

async function verify(stack: string, waitSeconds: number, json: boolean): Promise<number> {
  const { plan, ssh } = loadStack(stack);
  const verdict = await verifyUntil(
    {
      expectations: expectationsOf(plan),
      endpoints: plan.nodes.map((node) => node.endpoint),
      on: (endpoint, work) => withSession(endpoint, ssh, work),
    },
    waitSeconds,
    (line) => process.stderr.write(`${line}\n`),
  );
  if (json) {
    process.stdout.write(`${JSON.stringify(verdict, null, 2)}\n`);
  } else {
    process.stdout.write(`${nodeTable(verdict)}\n`);
    if (!isSound(verdict)) process.stdout.write(`\n${failureReport(verdict)}\n`);
  }
  if (isSound(verdict)) return 0;
  return verdict.rows.some(({ status }) => status === "fail") ? 1 : 2;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      stack: { type: "string" },
      wait: { type: "string" },
      json: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help || positionals.length === 0) {
    process.stdout.write(HELP);
    return 0;
  }
  if (positionals[0] !== "verify" || positionals.length > 1) {
    throw new CannotLook(
      `There is no command \`${positionals.join(" ")}\`; \`evpn --help\` lists them.`,
    );
  }
  if (!values.stack) throw new CannotLook("Name the stack: evpn verify --stack NAME");
  const wait = Number(values.wait ?? "0");
  if (!Number.isInteger(wait) || wait < 0) {
    throw new CannotLook(`--wait takes a whole number of seconds, not '${values.wait}'.`);
  }
  return verify(values.stack, wait, values.json);
}

main().then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    const expected = error instanceof CannotLook || error instanceof ConfigError;
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(`${message}${expected ? "" : "\nThis may be a bug of evpn."}\n`);
    process.exitCode = 2;
  },
);

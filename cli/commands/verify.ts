import { withSession } from "../../providers/ssh";
import { expectationsOf } from "../../verify/expect";
import { failureReport, nodeTable } from "../../verify/report";
import { isSound, verifyUntil } from "../../verify/verify";
import { Command, EXIT, parseCommandLine, STACK_OPTION, usageText } from "../command";
import { loadStack } from "../stack";

const OPTIONS = {
  stack: STACK_OPTION,
  wait: { value: "SECONDS", short: "w", summary: "look until all passes, at most so long (0)" },
  json: { short: "j", summary: "print JSON instead of a table" },
};

async function run(argv: string[]): Promise<number> {
  const args = parseCommandLine("verify", OPTIONS, argv);
  const wait = args.seconds("wait", 0);
  const { plan, ssh } = loadStack(args.text("stack"));
  const verdict = await verifyUntil(
    {
      expectations: expectationsOf(plan),
      endpoints: plan.nodes.map((node) => node.endpoint),
      on: (endpoint, work) => withSession(endpoint, ssh, work),
    },
    wait,
    (line) => process.stderr.write(`${line}\n`),
  );
  if (args.flag("json")) {
    process.stdout.write(`${JSON.stringify(verdict, null, 2)}\n`);
  } else {
    process.stdout.write(`${nodeTable(verdict)}\n`);
    if (!isSound(verdict)) process.stdout.write(`\n${failureReport(verdict)}\n`);
  }
  if (isSound(verdict)) return EXIT.pass;
  return verdict.rows.some(({ status }) => status === "fail") ? EXIT.fail : EXIT.cannotLook;
}

export const command: Command = {
  name: "verify",
  summary: "does the fabric carry packets? compares nodes with the plan",
  usage: usageText(
    "verify [--stack NAME] [--wait SECONDS] [--json]",
    `
Compares what the nodes say with what the stack's config plans. It reads only, and works while an
update runs.`,
    OPTIONS,
  ),
  run,
};

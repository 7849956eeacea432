import { withSession } from "../../providers/ssh";
import { intentOf } from "../../verify/intent";
import { failureReport, nodeTable, remarks } from "../../verify/report";
import { couldNotLook, verdictDocument } from "../../verify/verdict-schema";
import { isSound, verifyUntil } from "../../verify/verify";
import { Command, EXIT, parseCommandLine, STACK_OPTION, usageText } from "../command";
import { loadStack } from "../stack";

const OPTIONS = {
  stack: STACK_OPTION,
  wait: { value: "SECONDS", short: "w", summary: "look until all passes, at most so long (0)" },
  json: { short: "j", summary: "print JSON (docs/verify.schema.json) instead of a table" },
};

async function run(argv: string[]): Promise<number> {
  const args = parseCommandLine("verify", OPTIONS, argv);
  const wait = args.seconds("wait", 0);
  const { plan, ssh } = loadStack(args.text("stack"));
  const verdict = await verifyUntil(
    {
      intent: intentOf(plan),
      endpoints: plan.nodes.map((node) => node.endpoint),
      on: (endpoint, work) => withSession(endpoint, ssh, work),
    },
    wait,
    (line) => process.stderr.write(`${line}\n`),
  );
  if (args.flag("json")) {
    const document = verdictDocument(plan.identity.stack, new Date(), verdict);
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else {
    process.stdout.write(`${nodeTable(verdict)}\n`);
    const notes = remarks(verdict);
    if (notes.length > 0) process.stdout.write(`\n${notes.join("\n")}\n`);
    if (!isSound(verdict)) process.stdout.write(`\n${failureReport(verdict)}\n`);
  }
  if (isSound(verdict)) return EXIT.pass;
  return couldNotLook(verdict) ? EXIT.cannotLook : EXIT.fail;
}

export const command: Command = {
  name: "verify",
  summary: "does the fabric carry packets? compares nodes with the plan",
  usage: usageText(
    "verify [--stack NAME] [--wait SECONDS] [--json]",
    `
Compares what the nodes and Proxmox VE say with what the stack's config plans. It reads only: one SSH
connection per node, no lock, so it works while an update runs. A failure that follows from another
one is counted with it and not blamed (docs/troubleshooting.md lists the causes).`,
    OPTIONS,
    "Exit codes: 0 all passes, 1 something fails, 2 could not look.",
  ),
  run,
};

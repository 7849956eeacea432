import { withSession } from "../../providers/ssh";
import { errorsOf } from "../../verify/preflight/finding";
import { wantedOf } from "../../verify/preflight/expect";
import { countsOf, findingsTable, findingsText } from "../../verify/preflight/report";
import { CONNECT_MS, preflight } from "../../verify/preflight/run";
import { Command, EXIT, parseCommandLine, STACK_OPTION, usageText } from "../command";
import { loadStack } from "../stack";

const OPTIONS = {
  stack: STACK_OPTION,
  json: { short: "j", summary: "print the findings as JSON instead of a table" },
};

async function run(argv: string[]): Promise<number> {
  const args = parseCommandLine("preflight", OPTIONS, argv);
  const { config, plan, ssh } = loadStack(args.text("stack"));
  const findings = await preflight({
    wanted: wantedOf(config, plan),
    on: (endpoint, work) => withSession(endpoint, { ...ssh, connectMs: CONNECT_MS }, work),
    say: (line) => process.stderr.write(`${line}\n`),
  });
  if (args.flag("json")) {
    process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
  } else {
    const nodes = plan.nodes.map(({ name }) => name);
    process.stdout.write(`${findingsTable(nodes, findings)}\n`);
    if (findings.length > 0) {
      process.stdout.write(`\n${countsOf(findings)}\n${findingsText(findings)}\n`);
    }
  }
  return errorsOf(findings).length > 0 ? EXIT.fail : EXIT.pass;
}

export const command: Command = {
  name: "preflight",
  summary: "could an update begin? what on the nodes stands against it",
  usage: usageText(
    "preflight [--stack NAME] [--json]",
    `
Looks at all nodes, as \`pulumi up\` does before its first change, and lists what would stop it (errors)
and what it would show (warnings), each with its remedy. It changes nothing. docs/preflight.md has all checks.`,
    OPTIONS,
    "Exit codes: 0 no errors, 1 errors, 2 could not look.",
  ),
  run,
};

import { spawnSync } from "node:child_process";
import type { NodeEndpoint, Plan } from "../../plan/types";
import { Pvesh } from "../../providers/pvesh";
import { withRepeatingSession } from "../../providers/repeating-session";
import type { SshSettings } from "../../providers/ssh";
import { readSdnConfig } from "../../providers/sdn-config";
import { CannotLook, Command, EXIT, parseCommandLine, STACK_OPTION, usageText } from "../command";
import { Deployment, pathOf, pendingCreates, unrecorded } from "../pending-creates";
import { loadStack } from "../stack";

const OPTIONS = { stack: STACK_OPTION };
const REFRESH = ["refresh", "--yes", "--skip-preview", "--non-interactive"];

function exportOf(stack: string): Deployment {
  const { status, stdout, stderr } = spawnSync("pulumi", ["stack", "export", "--stack", stack], {
    encoding: "utf8",
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new CannotLook(`\`pulumi stack export\` failed: ${stderr.trim()}`);
  return (JSON.parse(stdout) as { deployment?: Deployment }).deployment ?? {};
}

/**
 * A refresh of nothing but the stack's own entry: it fails while another update holds the stack, whose
 * open creations are at work and nobody's to undo.
 */
function requireFree(stack: string, deployment: Deployment): void {
  const root = deployment.resources?.find(({ type }) => type === "pulumi:pulumi:Stack");
  if (!root) return;
  const argv = [...REFRESH, "--skip-pending-creates", "--target", root.urn, "--stack", stack];
  const { status, stdout, stderr } = spawnSync("pulumi", argv, { encoding: "utf8" });
  if (status === 0) return;
  const text = `${stdout}\n${stderr}`;
  throw new CannotLook(
    /currently locked|another update is currently in progress/i.test(text)
      ? `The stack ${stack} is locked: an update is at work, or was killed. If none is at work, run \`pulumi cancel --stack ${stack}\` and then this again.`
      : `\`pulumi ${argv.join(" ")}\` failed:\n${text.trim()}`,
  );
}

async function undo(plan: Plan, ssh: SshSettings, deployment: Deployment): Promise<void> {
  const creates = pendingCreates(deployment);
  if (creates.length === 0) return;
  const entry = plan.nodes.find(({ name }) => name === plan.entryNode)?.endpoint as NodeEndpoint;
  await withRepeatingSession(entry, ssh, async (session) => {
    const pvesh = new Pvesh(session);
    for (const object of unrecorded(creates, await readSdnConfig(pvesh))) {
      process.stdout.write(
        `${object.kind} ${object.id} was created and not recorded, and is not applied: it is taken out, and \`pulumi up\` creates it again\n`,
      );
      await pvesh.write("delete", pathOf(object));
    }
  });
}

async function run(argv: string[]): Promise<number> {
  const args = parseCommandLine("recover", OPTIONS, argv);
  const { plan, ssh } = loadStack(args.text("stack"));
  const { stack } = plan.identity;
  const deployment = exportOf(stack);
  requireFree(stack, deployment);
  await undo(plan, ssh, deployment);
  const refresh = [...REFRESH, "--clear-pending-creates", "--stack", stack];
  const { status } = spawnSync("pulumi", refresh, { stdio: "inherit" });
  if (status !== 0) return EXIT.fail;
  process.stdout.write(`The state is what the cluster is. Run \`pulumi up --stack ${stack}\`.\n`);
  return EXIT.pass;
}

export const command: Command = {
  name: "recover",
  summary: "after an update that was killed: brings state and cluster together",
  usage: usageText(
    "recover [--stack NAME]",
    `
For after an update that was killed (a crash, a power failure, SIGKILL), when \`pulumi cancel\` has released
the stack. What was created and not recorded is known by its id from the state's open operations; it was
never applied, so it is taken out of Proxmox VE's SDN config again. Then the state is refreshed: updates and
removals that were carried out and not recorded are taken in. \`pulumi up\` does the rest.`,
    OPTIONS,
    "Exit codes: 0 done, 1 the refresh failed, 2 could not look (the stack is locked, a node does not answer).",
  ),
  run,
};

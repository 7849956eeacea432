import { mergedFile } from "../../plan/block-check";
import { blockIn, FrrFiles } from "../../plan/block-look";
import { blockOwner } from "../../plan/frr-block";
import { Plan, PlannedNode } from "../../plan/types";
import { readFrrFiles } from "../../providers/frr-files";
import { Pvesh } from "../../providers/pvesh";
import { SshError, SshSession, SshSettings, withSession } from "../../providers/ssh";
import { PveVersion } from "../../pve-model/types";
import { CannotLook, Command, EXIT, parseCommandLine, STACK_OPTION, usageText } from "../command";
import { lineDiff } from "../line-diff";
import { NODE_OPTION, nodesOf } from "../plan-nodes";
import { modelledVersion, PVE_VERSION_OPTION, pveVersionOption } from "../pve-version";
import { loadStack } from "../stack";

const OPTIONS = { stack: STACK_OPTION, node: NODE_OPTION, "pve-version": PVE_VERSION_OPTION };

/** Others' lines may hold passwords, and a diff ends in logs. */
const masked = (text: string) => text.replace(/(\bpassword )\S+/g, "$1********");

/** What the plan says of a node against what stands there, or why it cannot be told. */
type Answer = { node: string; differs: string[] } | { node: string; unseen: string };

async function versionOn(session: SshSession): Promise<PveVersion | undefined> {
  const version = await new Pvesh(session).get("/version");
  return modelledVersion(String((version as { version?: unknown }).version ?? ""));
}

function titled(title: string, lines: string[]): string[] {
  return lines.length === 0
    ? []
    : [`${title} (- plan, + node)`, ...lines.map((line) => `  ${line}`)];
}

/** The plan's file of lines of others that stand on the node, with our block in it. */
function withOthers(local: string, owner: string, block: string): string {
  const theirs = blockIn(local, owner);
  return theirs === undefined ? `${local}${block}` : local.replace(theirs, () => block);
}

function differences(
  plan: Plan,
  node: PlannedNode,
  files: FrrFiles,
  version: PveVersion,
): string[] {
  const owner = blockOwner(plan.identity);
  const block = plan.blocks[node.name] ?? "";
  const local = files.local ?? "";
  const blocks = { ...plan.blocks, [node.name]: withOthers(local, owner, block) };
  const merged = mergedFile(version, { ...plan, blocks }, node) ?? "";
  return [
    ...titled("frr.conf.local: the block", lineDiff(block, masked(blockIn(local, owner) ?? ""))),
    ...titled(
      `frr.conf: merged by Proxmox VE ${version}`,
      lineDiff(masked(merged), masked(files.merged ?? "")),
    ),
  ];
}

async function look(
  plan: Plan,
  node: PlannedNode,
  ssh: SshSettings,
  asked: PveVersion | undefined,
): Promise<Answer> {
  try {
    return await withSession(node.endpoint, ssh, async (session) => {
      const version = asked ?? plan.pveVersion ?? (await versionOn(session));
      if (version === undefined) {
        return { node: node.name, unseen: "its Proxmox VE is of no version that is known here" };
      }
      const files = await readFrrFiles(session);
      return { node: node.name, differs: differences(plan, node, files, version) };
    });
  } catch (error) {
    if (error instanceof SshError) return { node: node.name, unseen: error.message };
    throw error;
  }
}

async function run(argv: string[]): Promise<number> {
  const args = parseCommandLine("diff-frr", OPTIONS, argv);
  const asked = pveVersionOption(args.text("pve-version"));
  const { plan, ssh } = loadStack(args.text("stack"));
  if (plan.frrOwner === "operator") {
    throw new CannotLook(
      "With frr.owner: operator there is no frr.conf.local, and nothing is merged.",
    );
  }
  const nodes = nodesOf(plan, args.text("node"));
  const answers = await Promise.all(nodes.map((node) => look(plan, node, ssh, asked)));
  for (const answer of answers) {
    if ("unseen" in answer)
      process.stdout.write(`${answer.node}: could not look: ${answer.unseen}\n`);
    else if (answer.differs.length === 0) process.stdout.write(`${answer.node}: as planned\n`);
    else process.stdout.write(`${answer.node}: differs\n  ${answer.differs.join("\n  ")}\n`);
  }
  if (answers.some((answer) => "differs" in answer && answer.differs.length > 0)) return EXIT.fail;
  return answers.some((answer) => "unseen" in answer) ? EXIT.cannotLook : EXIT.pass;
}

export const command: Command = {
  name: "diff-frr",
  summary: "compares each node's FRR files with the plan, line by line",
  usage: usageText(
    "diff-frr [--stack NAME] [--node NODE] [--pve-version VERSION]",
    `
Compares the block in each node's /etc/frr/frr.conf.local with the plan's, and /etc/frr/frr.conf with
what Proxmox VE would make of the plan and of others' lines in frr.conf.local. Reads only.`,
    OPTIONS,
    "Exit codes: 0 same, 1 differs, 2 could not look.",
  ),
  run,
};

import { mergedFile } from "../../plan/block-check";
import { Plan, PlannedNode } from "../../plan/types";
import { PveVersion } from "../../pve-model/types";
import { CannotLook, Command, EXIT, parseCommandLine, STACK_OPTION, usageText } from "../command";
import { NODE_OPTION, nodesOf } from "../plan-nodes";
import { PVE_VERSION_OPTION, pveVersionOption } from "../pve-version";
import { loadPlan } from "../stack";

const OPTIONS = {
  stack: STACK_OPTION,
  node: NODE_OPTION,
  merged: { short: "m", summary: "the whole frr.conf, as Proxmox VE merges the block into it" },
  "pve-version": PVE_VERSION_OPTION,
};

const USUAL: PveVersion = "9.1";

/** @throws CannotLook where Proxmox VE would write no frr.conf */
function textOf(plan: Plan, node: PlannedNode, version: PveVersion | undefined): string {
  if (version === undefined) return plan.blocks[node.name] ?? "";
  const text = mergedFile(version, plan, node);
  if (text !== undefined) return text.endsWith("\n") ? text : `${text}\n`;
  throw new CannotLook(`Proxmox VE ${version} would write no frr.conf on ${node.name}.`);
}

async function run(argv: string[]): Promise<number> {
  const args = parseCommandLine("render", OPTIONS, argv);
  const asked = pveVersionOption(args.text("pve-version"));
  const { plan } = loadPlan(args.text("stack"));
  const nodes = nodesOf(plan, args.text("node"));
  const version = args.flag("merged") ? (asked ?? plan.pveVersion ?? USUAL) : undefined;
  if (version !== undefined && asked === undefined && plan.pveVersion === undefined) {
    process.stderr.write(`cluster.pveVersion is not set: as Proxmox VE ${version} merges it\n`);
  }
  for (const node of nodes) {
    if (nodes.length > 1) process.stdout.write(`! === ${node.name}\n`);
    process.stdout.write(textOf(plan, node, version));
  }
  return EXIT.pass;
}

export const command: Command = {
  name: "render",
  summary: "prints each node's FRR block, or the frr.conf that it becomes; contacts nobody",
  usage: usageText(
    "render [--stack NAME] [--node NODE] [--merged] [--pve-version VERSION]",
    `
Prints what the stack's config makes of each node's /etc/frr/frr.conf.local, or with --merged what
Proxmox VE makes of it in /etc/frr/frr.conf. Nothing is contacted.`,
    OPTIONS,
    "Exit codes: 0 printed, 2 could not.",
  ),
  run,
};

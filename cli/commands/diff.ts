import { sdnObjectsOf, sdnDevicesOf } from "../../plan/sdn-objects";
import type { NodeEndpoint } from "../../plan/types";
import { nodeDrift } from "../../providers/node-drift";
import { Pvesh } from "../../providers/pvesh";
import { withRepeatingSession } from "../../providers/repeating-session";
import { readSdnConfig } from "../../providers/sdn-config";
import { sdnDrift } from "../../providers/sdn-drift";
import { Command, EXIT, parseCommandLine, STACK_OPTION, usageText } from "../command";
import { loadStack } from "../stack";

const OPTIONS = { stack: STACK_OPTION };

async function run(argv: string[]): Promise<number> {
  const args = parseCommandLine("diff", OPTIONS, argv);
  const { plan, ssh } = loadStack(args.text("stack"));
  const entry = plan.nodes.find(({ name }) => name === plan.entryNode)?.endpoint as NodeEndpoint;
  const nodes = plan.nodes.map((node) => ({
    endpoint: node.endpoint,
    devices: sdnDevicesOf(plan, node),
  }));
  const { drift, onNodes } = await withRepeatingSession(entry, ssh, async (session) => {
    const pvesh = new Pvesh(session);
    return {
      drift: sdnDrift(sdnObjectsOf(plan), await readSdnConfig(pvesh)),
      onNodes: await nodeDrift(pvesh, nodes, (to, work) => withRepeatingSession(to, ssh, work)),
    };
  });
  const differences = [...drift, ...onNodes.differs];
  differences.forEach((line) => process.stdout.write(`${line}\n`));
  onNodes.unseen.forEach((line) => process.stderr.write(`could not look at ${line}\n`));
  if (differences.length > 0) {
    process.stdout.write(
      "\n`pulumi refresh` and `pulumi up` bring the cluster back to the plan.\n",
    );
    return EXIT.fail;
  }
  if (onNodes.unseen.length > 0) return EXIT.cannotLook;
  process.stdout.write("No difference between the plan, Proxmox VE's SDN config and the nodes.\n");
  return EXIT.pass;
}

export const command: Command = {
  name: "diff",
  summary: "does Proxmox VE's SDN config, and what nodes run of it, differ from the plan?",
  usage: usageText(
    "diff [--stack NAME]",
    `
Compares the stack's plan with Proxmox VE's SDN config (controller, zone, VNets, subnets), lists what is
pending and not applied, and looks on every node for missing devices and for a config that is older than
the applied one. It reads only, and works while an update runs.`,
    OPTIONS,
    "Exit codes: 0 no difference, 1 something differs, 2 could not look.",
  ),
  run,
};

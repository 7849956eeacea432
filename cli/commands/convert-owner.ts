import { Conversion, convertOwner, FrrOwner } from "../../plan/convert-owner";
import { CannotLook, Command, EXIT, parseCommandLine, STACK_OPTION, usageText } from "../command";
import { loadPlan } from "../stack";

const OPTIONS = {
  stack: STACK_OPTION,
  to: { value: "OWNER", summary: "proxmox or operator; without it the one that is not set now" },
};

const indented = (text: string) =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => (line === "" ? "" : `    ${line}`))
    .join("\n");

/** The conversion as a text to work through, block by block. */
export function conversionText({ to, settings, file, blocks, steps }: Conversion): string {
  return [
    `frr.owner: ${to}. Nothing was contacted or changed. In this order:`,
    "",
    ...steps.map((step, index) => `${index + 1}. ${step}`),
    "",
    "Settings of the stack's file, below `config:`; a node's other settings stay as they are:",
    "",
    settings.trimEnd(),
    "",
    `The blocks, which \`pulumi up\` puts into ${file}:`,
    ...Object.entries(blocks).flatMap(([node, text]) => ["", `${node}:`, "", indented(text)]),
    "",
  ].join("\n");
}

function run(argv: string[]): Promise<number> {
  const args = parseCommandLine("convert-owner", OPTIONS, argv);
  const { config, plan } = loadPlan(args.text("stack"));
  const wanted = args.text("to") ?? (plan.frrOwner === "proxmox" ? "operator" : "proxmox");
  if (wanted !== "proxmox" && wanted !== "operator") {
    throw new CannotLook(`--to takes proxmox or operator, not '${wanted}'.`);
  }
  const to: FrrOwner = wanted;
  process.stdout.write(conversionText(convertOwner(config, plan.identity, to)));
  return Promise.resolve(EXIT.pass);
}

export const command: Command = {
  name: "convert-owner",
  summary: "what it takes to give frr.conf to the other owner",
  usage: usageText(
    "convert-owner [--stack NAME] [--to proxmox|operator]",
    `
Prints what it takes to give the nodes' frr.conf to the other owner: the steps by hand, the settings to
paste into the stack's file, and each node's block as it would be. It contacts nobody and changes
nothing. Loopbacks that the other owner needs and the config does not have are proposed.`,
    OPTIONS,
    "Exit codes: 0 printed; 2 the config cannot be read, or not be planned with the other owner.",
  ),
  run,
};

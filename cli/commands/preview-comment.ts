import * as fs from "node:fs";
import { PVE_VERSIONS } from "../../pve-model/types";
import { CannotLook, Command, EXIT, parseCommandLine, usageText } from "../command";
import { commentOf } from "../preview/comment";
import { readPreview } from "../preview/document";

const OPTIONS = {
  file: { value: "FILE", short: "f", summary: "the fabric's preview; without it standard input" },
  consumer: {
    value: "FILE",
    short: "c",
    summary: "preview of a program with machines on the fabric; several: A,B",
  },
  mask: { short: "m", summary: "addresses, names and AS numbers as ipv4-1, node-2, asn-1" },
  pve: {
    value: "VERSION",
    summary: `Proxmox VE whose merge is shown: ${PVE_VERSIONS.join(", ")} (9.1)`,
  },
};

function read(file: string): string {
  try {
    return fs.readFileSync(file === "-" ? 0 : file, "utf8");
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new CannotLook(`The preview cannot be read: ${why}`);
  }
}

async function run(argv: string[]): Promise<number> {
  const args = parseCommandLine("preview-comment", OPTIONS, argv);
  const file = args.text("file") ?? "-";
  const version = PVE_VERSIONS.find((known) => known === (args.text("pve") ?? "9.1"));
  if (version === undefined) {
    throw new CannotLook(`--pve is one of ${PVE_VERSIONS.join(", ")}, not '${args.text("pve")}'.`);
  }
  const consumers = (args.text("consumer") ?? "").split(",").filter((name) => name !== "");
  const comment = commentOf(
    readPreview(read(file), file === "-" ? "standard input" : file),
    consumers.map((name) => readPreview(read(name), name)),
    { version, mask: args.flag("mask") },
  );
  process.stdout.write(comment);
  return EXIT.pass;
}

export const command: Command = {
  name: "preview-comment",
  summary: "a pull request's comment from `pulumi preview --json`",
  usage: usageText(
    "preview-comment [--file FILE] [--consumer FILE] [--mask] [--pve VERSION]",
    `
Turns what \`pulumi preview --json\` printed into one Markdown comment: what changes, each node's block
and merged frr.conf as diffs, whether an apply follows and what it touches, machines that would be made
anew. It contacts nobody. The first line is a marker by which the comment can be found and replaced.`,
    OPTIONS,
  ),
  run,
};

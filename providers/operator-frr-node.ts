import { createHash } from "node:crypto";
import type { Edited } from "../plan/operator-file";
import {
  OPERATOR_EXIT,
  OPERATOR_READ,
  OPERATOR_SCRIPT_MS,
  operatorScript,
  readAnswer,
  reloadReport,
} from "../plan/operator-scripts";
import type { SshSession } from "./ssh";

const FILE = "/etc/frr/frr.conf";

/** One node's frr.conf as it stands there. */
export interface ReadFile {
  /** Characters are bytes (latin1). */
  text: string;
  /** What FRR would change if it read the file now: the operator's own unloaded edits. */
  unloaded: string[];
}

const sha256 = (text: string) =>
  createHash("sha256").update(Buffer.from(text, "latin1")).digest("hex");

/** @throws Error that names the node when there is no frr.conf */
export async function readOperatorFile(session: SshSession): Promise<ReadFile> {
  const { code, stdout, stderr } = await session.exec(OPERATOR_READ, {
    timeoutMs: OPERATOR_SCRIPT_MS,
  });
  if (code !== 0) throw new Error(`${session.node}: ${stderr.trim() || `exit code ${code}`}`);
  const { text, report } = readAnswer(stdout);
  const { remove, add } = reloadReport(report);
  return { text, unloaded: [...remove.map((line) => `no longer: ${line}`), ...add] };
}

function failure(session: SshSession, code: number, stderr: string): Error {
  const details = stderr
    .trim()
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => `\n    | ${line}`)
    .join("");
  const say = (text: string) => new Error(`${session.node}: ${text}${details}`);
  switch (code) {
    case OPERATOR_EXIT.changed:
      return say(
        `somebody changed ${FILE} in the same moment; nothing was done here. Run \`pulumi up\` again.`,
      );
    case OPERATOR_EXIT.refused:
      return say(
        `FRR refuses ${FILE} with our block in it, so the file stays as it was. If the lines below are the operator's, mend them there; else report them.`,
      );
    case OPERATOR_EXIT.restored:
      return say(
        `FRR could not load ${FILE} with our block in it; the text before is back and loaded.`,
      );
    case OPERATOR_EXIT.broken:
      return say(
        `FRR could load neither ${FILE} with our block nor the text before, which is back in place: look at the node at once (\`vtysh -c 'show running-config'\`).`,
      );
    default:
      return say(`${FILE} could not be written (exit code ${code}).`);
  }
}

async function run(
  session: SshSession,
  mode: "load" | "restore" | "settle",
  sha: string,
  text = "",
) {
  const { code, stderr } = await session.exec(operatorScript(mode, sha), {
    stdin: Buffer.from(text, "latin1").toString("base64"),
    timeoutMs: OPERATOR_SCRIPT_MS,
  });
  if (code !== OPERATOR_EXIT.done) throw failure(session, code, stderr);
}

/** Moves a new text in and has FRR load it; on the node itself the text before is back if that fails. */
export async function loadText(session: SshSession, before: string, after: string): Promise<void> {
  await run(session, "load", sha256(before), after);
}

/** Puts the text before {@link loadText} back and loads it. */
export async function restoreText(session: SshSession, after: string): Promise<void> {
  await run(session, "restore", sha256(after));
}

/** Ends what {@link loadText} began: the text before is not kept any longer. */
export async function settleText(session: SshSession, after: string): Promise<void> {
  await run(session, "settle", sha256(after));
}

/** A file that cannot be edited, in words for the user. */
export function refusalText(node: string, edited: Edited): string[] {
  return "refusal" in edited ? [`  ${node}: ${FILE} is left alone: ${edited.refusal}.`] : [];
}

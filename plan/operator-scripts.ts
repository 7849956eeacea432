import { renderTemplate } from "./template";

/** Seconds that FRR may take to read its file: an emulated node needs ten. */
const RELOAD_SECONDS = 120;

/** What the exit code of the script of {@link operatorScript} says. */
export const OPERATOR_EXIT = {
  done: 0,
  /** The file changed since it was read; nothing was done. */
  changed: 11,
  /** FRR refuses the text; nothing was done. */
  refused: 12,
  /** FRR failed to load the text; the text before is back and loaded. */
  restored: 13,
  /** FRR failed to load the text before, too. */
  broken: 14,
} as const;

/**
 * Shell script that edits an operator's frr.conf on its node.
 * @param sha256 hex, of the text that the new one was computed from (load) or that is to go (restore)
 */
export function operatorScript(mode: "load" | "restore" | "settle", sha256: string): string {
  return renderTemplate("operator-frr.sh.njk", {
    mode,
    sha256,
    timeoutSeconds: RELOAD_SECONDS,
  });
}

/** Milliseconds after which a script of {@link operatorScript} is given up: three reloads and a bit. */
export const OPERATOR_SCRIPT_MS = (3 * RELOAD_SECONDS + 30) * 1000;

const READ_END = "@@ proxmox-evpn: the file ends here @@";

/** Prints the operator's frr.conf in base64, then what FRR would change if it read it now. */
export const OPERATOR_READ = [
  "file=$(readlink -e /etc/frr/frr.conf) || { echo 'there is no /etc/frr/frr.conf' >&2; exit 1; }",
  'base64 -w0 "$file" || exit 1',
  `echo; echo '${READ_END}'`,
  `timeout -k 5 ${RELOAD_SECONDS} /usr/lib/frr/frr-reload.py --test --stdout "$file" </dev/null 2>&1`,
  "exit 0",
].join("\n");

/** Takes the answer of {@link OPERATOR_READ} apart; the text's characters are its bytes (latin1). */
export function readAnswer(stdout: string): { text: string; report: string } {
  const [base64 = "", report = ""] = stdout.split(`\n${READ_END}\n`);
  return { text: Buffer.from(base64, "base64").toString("latin1"), report };
}

/** What FRR never takes over from a file, or always reports. */
const NOISE = /^(?:exit|exit-\S+|end|line vty|frr version .*|(?:no )?hostname .*)$/;

/**
 * The statements that FRR would take out and put in, from the log of `frr-reload.py --test`. Headers of
 * sections are among them.
 */
export function reloadReport(report: string): { remove: string[]; add: string[] } {
  const part = (title: string) => {
    const [, body = ""] = report.split(new RegExp(`^${title}\n=+\n`, "m"));
    const [lines = ""] = body.split(/\n\n|^Lines To /m);
    const statements = lines.split("\n").map((line) => line.trim());
    return [...new Set(statements.filter((line) => line !== "" && !NOISE.test(line)))];
  };
  return { remove: part("Lines To Delete"), add: part("Lines To Add") };
}

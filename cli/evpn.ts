import { Command } from "./command";
import { command as convertOwner } from "./commands/convert-owner";
import { command as diff } from "./commands/diff";
import { command as diffFrr } from "./commands/diff-frr";
import { command as hostkeys } from "./commands/hostkeys";
import { command as preflight } from "./commands/preflight";
import { command as previewComment } from "./commands/preview-comment";
import { command as recover } from "./commands/recover";
import { command as render } from "./commands/render";
import { command as verify } from "./commands/verify";
import { runCommandLine } from "./run";

/** In the order of the help: what is used most stands first. */
const COMMANDS: Command[] = [
  verify,
  preflight,
  diff,
  diffFrr,
  render,
  recover,
  hostkeys,
  previewComment,
  convertOwner,
];

// A reader that has seen enough (`evpn … | head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

void runCommandLine(COMMANDS, process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
}).then((code) => (process.exitCode = code));

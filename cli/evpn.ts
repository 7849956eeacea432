import { Command } from "./command";
import { command as diff } from "./commands/diff";
<<<<<<< HEAD
import { command as diffFrr } from "./commands/diff-frr";
=======
import { command as convertOwner } from "./commands/convert-owner";
>>>>>>> 950d86e (evpn convert-owner: what it takes to give frr.conf to the other owner)
import { command as hostkeys } from "./commands/hostkeys";
import { command as previewComment } from "./commands/preview-comment";
import { command as recover } from "./commands/recover";
import { command as render } from "./commands/render";
import { command as verify } from "./commands/verify";
import { runCommandLine } from "./run";

/** In the order of the help: what is used most stands first. */
<<<<<<< HEAD
const COMMANDS: Command[] = [verify, diff, diffFrr, render, recover, hostkeys, previewComment];
=======
const COMMANDS: Command[] = [
  verify,
  preflight,
  diff,
  recover,
  hostkeys,
  convertOwner,
  previewComment,
];
>>>>>>> 950d86e (evpn convert-owner: what it takes to give frr.conf to the other owner)

// A reader that has seen enough (`evpn … | head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

void runCommandLine(COMMANDS, process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  error: (text) => process.stderr.write(text),
}).then((code) => (process.exitCode = code));

import { ConfigError } from "../config/violation";
import { CannotLook, Command, EXIT, nearest } from "./command";

/** Where a command line's text goes. */
export interface Output {
  out(text: string): void;
  error(text: string): void;
}

export function overview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length));
  return [
    "evpn: looks at and cares for a Proxmox VE EVPN fabric of this project",
    "",
    "Usage: evpn COMMAND [OPTIONS]",
    "",
    "Commands:",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    "",
    "`evpn help COMMAND` or `evpn COMMAND --help` says more about one of them.",
    "",
    "Exit codes: 0 passes, 1 fails, 2 could not look (or was called wrongly).",
    "",
  ].join("\n");
}

function find(commands: readonly Command[], name: string): Command {
  const command = commands.find((each) => each.name === name);
  if (command) return command;
  const guess = nearest(
    name,
    commands.map((each) => each.name),
  );
  throw new CannotLook(
    `There is no command \`${name}\`.${guess ? ` Did you mean \`${guess}\`?` : ""} \`evpn --help\` lists them.`,
  );
}

/** Whether help is asked for: before a `--`, which ends the options. */
function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end < 0 ? undefined : end).some((arg) => arg === "--help" || arg === "-h");
}

async function dispatch(
  commands: readonly Command[],
  argv: readonly string[],
  output: Output,
): Promise<number> {
  const [first, ...rest] = argv;
  if (first === undefined || first === "--help" || first === "-h") {
    output.out(overview(commands));
    return EXIT.pass;
  }
  if (first === "help") {
    const [about] = rest;
    output.out(about === undefined ? overview(commands) : find(commands, about).usage);
    return EXIT.pass;
  }
  if (first.startsWith("-")) {
    throw new CannotLook(`Name a command before the option ${first}; \`evpn --help\` lists them.`);
  }
  const command = find(commands, first);
  if (!asksForHelp(rest)) return command.run(rest);
  output.out(command.usage);
  return EXIT.pass;
}

/** Runs one command line. Every failure ends as one message, and never as a stack trace. */
export async function runCommandLine(
  commands: readonly Command[],
  argv: readonly string[],
  output: Output,
): Promise<number> {
  try {
    return await dispatch(commands, argv, output);
  } catch (error) {
    const expected = error instanceof CannotLook || error instanceof ConfigError;
    const message = error instanceof Error ? error.message : String(error);
    output.error(`${message}${expected ? "" : "\nThis may be a bug of evpn."}\n`);
    return EXIT.cannotLook;
  }
}

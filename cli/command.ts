import { parseArgs } from "node:util";
import { distance } from "fastest-levenshtein";

/** A command of `evpn`. */
export interface Command {
  name: string;
  /** One line for the list of `evpn --help`. */
  summary: string;
  /** All of `evpn help NAME`: how to call it, what it does, its options, its exit codes. */
  usage: string;
  /** @param argv what stands after the command's name @returns the exit code, see EXIT */
  run(argv: string[]): Promise<number>;
}

/** Exit codes of every command. `cannotLook` also stands for a wrong call. */
export const EXIT = { pass: 0, fail: 1, cannotLook: 2 } as const;

/** The command cannot look, for a reason that the message tells; nothing is wrong with the fabric. */
export class CannotLook extends Error {}

/** An option of a command. */
export interface OptionSpec {
  /** What its value is called in the help (`NAME`); absent: the option is a switch. */
  value?: string;
  /** One letter, without its dash. */
  short?: string;
  summary: string;
}

/** Every command that reads a stack's config takes it. */
export const STACK_OPTION: OptionSpec = {
  value: "NAME",
  short: "s",
  summary: "the stack whose config is read; without it the selected one",
};

/** The known word that was most likely meant. A third of the letters may be wrong. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  const [best] = known
    .map((name) => ({ name, off: distance(word, name) }))
    .sort((a, b) => a.off - b.off);
  return best && best.off <= Math.max(1, Math.floor(word.length / 3)) ? best.name : undefined;
}

/** What a command was called with. */
export class Arguments {
  constructor(
    private readonly values: Record<string, string | boolean | undefined>,
    readonly positionals: string[],
  ) {}

  text(name: string): string | undefined {
    const value = this.values[name];
    return typeof value === "string" ? value : undefined;
  }

  flag(name: string): boolean {
    return this.values[name] === true;
  }

  /** A whole number of seconds. @throws CannotLook for anything else */
  seconds(name: string, otherwise: number): number {
    const text = this.text(name);
    if (text === undefined) return otherwise;
    if (!/^\d{1,6}$/.test(text)) {
      throw new CannotLook(`--${name} takes a whole number of seconds, not '${text}'.`);
    }
    return Number(text);
  }
}

/**
 * Reads a command's arguments.
 * @param positionals how many words without a dash it takes at most
 * @throws CannotLook that names the nearest known option
 */
export function parseCommandLine(
  command: string,
  options: Record<string, OptionSpec>,
  argv: string[],
  positionals = 0,
): Arguments {
  const { values, tokens } = parseArgs({
    args: argv,
    strict: false,
    tokens: true,
    options: Object.fromEntries(
      Object.entries(options).map(([name, { value, short }]) => [
        name,
        { type: value ? "string" : "boolean", ...(short ? { short } : {}) } as const,
      ]),
    ),
  });
  const more = `\`evpn help ${command}\` lists what it takes.`;
  for (const token of tokens) {
    if (token.kind !== "option") continue;
    const spec = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (!spec) {
      const guess = nearest(token.name, Object.keys(options));
      throw new CannotLook(
        `\`evpn ${command}\` has no option ${token.rawName}.${guess ? ` Did you mean --${guess}?` : ""} ${more}`,
      );
    }
    if (spec.value && token.value === undefined) {
      throw new CannotLook(
        `${token.rawName} needs a value: --${token.name} ${spec.value}. ${more}`,
      );
    }
    if (!spec.value && token.value !== undefined) {
      throw new CannotLook(`${token.rawName} is a switch and takes no value. ${more}`);
    }
  }
  const words = tokens.flatMap((token) => (token.kind === "positional" ? [token.value] : []));
  if (words.length > positionals) {
    throw new CannotLook(`\`evpn ${command}\` does not take '${words[positionals]}'. ${more}`);
  }
  return new Arguments(values as Record<string, string | boolean | undefined>, words);
}

const EXIT_CODES = "Exit codes: 0 passes, 1 fails, 2 could not look.";

/** The text of `evpn help NAME`. @param synopsis the call without `evpn` @param body what it does */
export function usageText(
  synopsis: string,
  body: string,
  options: Record<string, OptionSpec>,
  exitCodes = EXIT_CODES,
): string {
  const left = Object.entries(options).map(
    ([name, { value, short }]) =>
      `${short ? `-${short}, ` : "    "}--${name}${value ? ` ${value}` : ""}`,
  );
  const width = Math.max(0, ...left.map((text) => text.length));
  const lines = Object.values(options).map(
    ({ summary }, index) => `  ${(left[index] ?? "").padEnd(width)}  ${summary}`,
  );
  return [
    `Usage: evpn ${synopsis}`,
    "",
    body.trim(),
    ...(lines.length > 0 ? ["", "Options:", ...lines] : []),
    "",
    exitCodes,
    "",
  ].join("\n");
}

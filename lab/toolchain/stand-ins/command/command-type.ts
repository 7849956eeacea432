// What local and remote commands have in common: which command runs when, and what is stored.
import { randomBytes } from "node:crypto";
import { difference } from "../diff";
import type { ResourceType, Site } from "../resource-provider";
import type { Properties, Value } from "../wire";
import { unknown } from "../wire";

/** What one run gave: both streams apart, and together in the order in which they came. */
export interface RunResult {
  stdout: string;
  stderr: string;
  both: string;
  /** Nothing when the command succeeded; otherwise the words for how it ended. */
  failure?: string;
}

export interface CommandKind {
  /** The inputs of this kind of command beside the common ones. */
  inputs: readonly string[];
  secrets?: readonly string[];
  check(inputs: Properties, problem: (property: string, reason: string) => void): Properties;
  /** @throws Error when the command could not even be started */
  run(
    command: string,
    inputs: Properties,
    environment: Record<string, string>,
    site: Site,
  ): Promise<RunResult>;
}

const common = [
  "addPreviousOutputInEnv",
  "create",
  "delete",
  "environment",
  "logging",
  "stdin",
  "triggers",
  "update",
];

/** The text of a property, or nothing. */
export function text(value: Value | undefined): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function environmentOf(inputs: Properties, previous: Properties): Record<string, string> {
  const environment: Record<string, string> = {};
  const given = inputs.environment;
  if (typeof given === "object" && given !== null && !Array.isArray(given)) {
    for (const [name, value] of Object.entries(given)) environment[name] = String(value);
  }
  if (inputs.addPreviousOutputInEnv === false) return environment;
  const stdout = text(previous.stdout);
  const stderr = text(previous.stderr);
  if (stdout) environment.PULUMI_COMMAND_STDOUT = stdout;
  if (stderr) environment.PULUMI_COMMAND_STDERR = stderr;
  return environment;
}

const oneNewlineLess = (output: string) => output.replace(/\n$/, "");

/** A resource type around a way to run commands. */
export function commandType(kind: CommandKind): ResourceType {
  const run = async (command: string, inputs: Properties, previous: Properties, site: Site) => {
    const result = await kind.run(command, inputs, environmentOf(inputs, previous), site);
    if (result.failure) {
      // The command and its output are part of the error: as in the real provider, nothing that is
      // secret may stand in them.
      throw new Error(`${result.failure}: running ${JSON.stringify(command)}:\n${result.both}`);
    }
    return { stdout: oneNewlineLess(result.stdout), stderr: oneNewlineLess(result.stderr) };
  };
  const inputs = [...common, ...kind.inputs];
  return {
    ...(kind.secrets ? { secrets: kind.secrets } : {}),
    check: kind.check,
    // Compared with the inputs of the last time, since what a command did to a server is unknown.
    diff: (state, olds, news, ignored) => {
      const before = Object.keys(olds).length > 0 ? olds : state;
      return difference(before, news, { inputs, replaces: (name) => name === "triggers" }, ignored);
    },
    preview: (news) => ({ ...news, stdout: unknown, stderr: unknown }),
    async create(news, site) {
      const command = text(news.create);
      const output = command === undefined ? {} : await run(command, news, {}, site);
      const id = `${site.name}${randomBytes(4).toString("hex")}`;
      return { id, outputs: { ...news, stdout: "", stderr: "", ...output } };
    },
    async update(_id, news, state, site) {
      const before = { stdout: state.stdout ?? "", stderr: state.stderr ?? "" };
      const command = text(news.update) ?? text(news.create);
      const output = command === undefined ? {} : await run(command, news, before, site);
      return { ...news, ...before, ...output };
    },
    // There is nothing to look at: what is in the state is all that is known.
    read: (id, state, olds) => Promise.resolve({ id, outputs: state, inputs: olds }),
    async delete(_id, state, site) {
      const command = text(state.delete);
      if (command !== undefined) await run(command, state, state, site);
    },
  };
}

import { findRoute, carryOut, type Method, type Route } from "./api";
import type { Cluster } from "./cluster";
import { children } from "./cluster-routes";
import { asRefusal, ParameterError, refusalText } from "./errors";
import { parseBoolean, usageParameters, type Properties, type RawParameters } from "./schema";
import { formatted, type OutputOptions } from "./pvesh-output";

/** Where a `pvesh` process's words go. */
export interface Streams {
  out(text: string): void;
  err(text: string): void;
}

/** One `pvesh` of a node, for the log. */
export interface PveshRun {
  exitCode: number;
  request: string;
  parameters: RawParameters;
}

const methods: Record<string, Method> = {
  get: "GET",
  create: "POST",
  set: "PUT",
  delete: "DELETE",
};

/** Options of pvesh itself; those with `false` take no value. */
const ownOptions: Record<string, boolean> = {
  "output-format": true,
  "human-readable": false,
  noborder: false,
  noheader: false,
  noproxy: false,
  quiet: false,
};

/**
 * `pvesh get|create|set|delete|ls PATH [--option value …]` as on a PVE node, with its texts and
 * exit codes: 2 for parameters, else 255, or the number of the last system error.
 */
export async function pvesh(
  cluster: Cluster,
  routes: readonly Route[],
  node: string,
  argv: readonly string[],
  streams: Streams,
): Promise<PveshRun> {
  const [command = "", path = "", ...rest] = argv;
  const request = `${command} ${path}`;
  const end = (exitCode: number, parameters: RawParameters = {}) => ({
    exitCode,
    request,
    parameters,
  });
  const method = methods[command];
  if ((!method && command !== "ls") || !path) {
    streams.err("ERROR: unknown command or missing API path\n");
    streams.err("USAGE: pvesh <get|create|set|delete|ls> <api_path> [OPTIONS]\n");
    return end(255);
  }
  if (command === "ls") return end(listPath(routes, path, streams));
  const match = findRoute(routes, method ?? "GET", path);
  if (!match) {
    streams.err(`No '${command}' handler defined for '${path}'\n`);
    return end(255);
  }
  const required = usageParameters(match.route.properties, Object.keys(match.inPath));
  const usage = `pvesh ${command} <api_path> ${required}[OPTIONS] [FORMAT_OPTIONS]\n`;
  let parameters: RawParameters = {};
  try {
    const options = readOptions(match.route.properties, rest, streams);
    parameters = options.parameters;
    const foreground = (line: string) => streams.out(`${line}\n`);
    const call = cluster.call({ node, user: "root@pam", via: "pvesh", foreground }, (line) =>
      streams.err(`${line}\n`),
    );
    const data = await carryOut(cluster, call, match, parameters);
    if (!options.output.quiet) streams.out(formatted(data, options.output));
    return end(0, parameters);
  } catch (error) {
    const refusal = asRefusal(error);
    streams.err(`${refusalText(refusal)}\n`);
    if (!(refusal instanceof ParameterError)) return end(refusal.exitCode, parameters);
    if (refusal.showsUsage) streams.err(usage);
    return end(2, parameters);
  }
}

function readOptions(
  properties: Properties,
  args: readonly string[],
  streams: Streams,
): { parameters: RawParameters; output: OutputOptions } {
  const parameters: RawParameters = {};
  const output: OutputOptions = { format: "text", noborder: false, noheader: false, quiet: false };
  const left = [...args];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    const option = /^--?([a-zA-Z][\w-]*)(?:=([\s\S]*))?$/.exec(word);
    if (!option) throw new ParameterError({}, true, "too many arguments");
    const [, name = "", attached] = option;
    const property = properties[name];
    if (!property && !(name in ownOptions)) {
      streams.err(`Unknown option: ${name}\n`);
      throw new ParameterError({}, true, "unable to parse option");
    }
    const flag = property ? property.type === "boolean" : !ownOptions[name];
    const value = attached ?? (flag && !isValue(left[0]) ? "1" : left.shift());
    if (value === undefined) {
      streams.err(`Option ${name} requires an argument\n`);
      throw new ParameterError({}, true, "unable to parse option");
    }
    if (property) add(parameters, name, flag ? booleanText(value) : value);
    else setOutput(output, name, value);
  }
  return { parameters, output };
}

function isValue(word: string | undefined): boolean {
  return word !== undefined && !word.startsWith("-");
}

function booleanText(value: string): string {
  const parsed = parseBoolean(value);
  if (parsed === undefined) throw new ParameterError({}, true, "unable to parse boolean option");
  return String(parsed);
}

function add(parameters: RawParameters, name: string, value: string): void {
  const before = parameters[name];
  parameters[name] = before === undefined ? value : [before, value].flat();
}

function setOutput(output: OutputOptions, name: string, value: string): void {
  if (name === "output-format") {
    const known = ["text", "json", "json-pretty", "yaml"];
    if (!known.includes(value)) {
      const list = known.join(", ");
      const wrong = `value '${value}' does not have a value in the enumeration '${list}'`;
      throw new ParameterError({ "output-format": wrong }, true);
    }
    output.format = value as OutputOptions["format"];
  } else if (name === "noborder" || name === "noheader" || name === "quiet") {
    output[name] = parseBoolean(value) !== 0;
  }
}

// Columns of `pvesh ls`: directory, then the methods with the letters that pvesh gives them.
function listPath(routes: readonly Route[], path: string, streams: Streams): number {
  const found = children(routes, path);
  if (found.size === 0) {
    streams.err(`no such resource '${path}'\n`);
    return 255;
  }
  for (const [name, { methods: known, directory }] of [...found].sort()) {
    const letter = (method: Method, shown: string) => (known.includes(method) ? shown : "-");
    const rights = [
      letter("GET", "r"),
      letter("PUT", "w"),
      letter("POST", "c"),
      letter("DELETE", "d"),
    ];
    streams.out(`${directory ? "D" : "-"}${rights.join("")}        ${name}\n`);
  }
  return 0;
}

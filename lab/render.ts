import * as fs from "node:fs";
import * as path from "node:path";
import { generateNodeFiles } from "../pve-model/generate";
import { NodeInput, PVE_VERSIONS, PveVersion, RunningConfig } from "../pve-model/types";

const USAGE = "usage: npm run -s lab:render -- VECTOR.json";

/** A mistake in what was handed in: shown as one line, without a stack. */
class RenderError extends Error {}

type Json = Record<string, unknown>;

function main(argv: string[]): number {
  const [file, ...rest] = argv;
  try {
    if (file === undefined || rest.length > 0) throw new RenderError(USAGE);
    const { version, input } = readVector(file);
    const files = model(file, version, input);
    const answer = {
      frr_conf: files.frrConf,
      frr_error: files.frrError,
      interfaces_d_sdn: files.interfacesDSdn,
    };
    process.stdout.write(`${JSON.stringify(answer, null, 1)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof RenderError)) throw error;
    process.stderr.write(`${error.message.replace(/\s*\n\s*/g, " ")}\n`);
    return 1;
  }
}

/** Whatever the model refuses is a property of the file, so it is told as one. */
function model(file: string, version: PveVersion, input: NodeInput) {
  try {
    return generateNodeFiles(version, input);
  } catch (error) {
    throw new RenderError(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readVector(file: string): { version: PveVersion; input: NodeInput } {
  const vector = object(file, "the file", parse(file));
  const version = PVE_VERSIONS.find((known) => known === vector.pve);
  if (version === undefined) {
    const given = vector.pve === undefined ? "is missing" : `is ${JSON.stringify(vector.pve)}`;
    throw new RenderError(`${file}: "pve" ${given}; known are ${PVE_VERSIONS.join(", ")}`);
  }
  const input = object(file, '"input"', vector.input);
  const running = object(file, '"input.running_config"', input.running_config);
  return {
    version,
    input: {
      node: text(file, '"node"', vector.node),
      runningConfig: running as RunningConfig,
      interfaces: text(file, '"input.interfaces"', input.interfaces),
      frrConfLocal:
        input.frr_conf_local === null || input.frr_conf_local === undefined
          ? null
          : text(file, '"input.frr_conf_local"', input.frr_conf_local),
      routes: texts(file, '"input.routes"', input.routes ?? {}),
      ...(input.macs === undefined ? {} : { macs: texts(file, '"input.macs"', input.macs) }),
    },
  };
}

function parse(file: string): unknown {
  let content: string;
  try {
    // npm starts scripts in the project's folder; a relative path is meant from the caller's.
    content = fs.readFileSync(path.resolve(process.env.INIT_CWD ?? "", file), "utf8");
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why = code === "ENOENT" ? "there is no such file" : `unreadable (${code ?? "?"})`;
    throw new RenderError(`${file}: ${why}; ${USAGE}`);
  }
  try {
    return JSON.parse(content);
  } catch (error) {
    throw new RenderError(`${file}: not valid JSON: ${(error as Error).message}`);
  }
}

function object(file: string, what: string, value: unknown): Json {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as Json;
  throw new RenderError(`${file}: ${what} must be an object`);
}

function text(file: string, what: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new RenderError(`${file}: ${what} must be text`);
}

function texts(file: string, what: string, value: unknown): Record<string, string> {
  const entries = Object.entries(object(file, what, value));
  return Object.fromEntries(
    entries.map(([key, each]) => [key, text(file, `${what} ${key}`, each)]),
  );
}

process.exitCode = main(process.argv.slice(2));

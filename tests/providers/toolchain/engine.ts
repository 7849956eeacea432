// A real Pulumi engine over small programs: the lab's toolchain, a project in a directory of its
// own, state in files beside it.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { silentProgress } from "../../../lab/progress";
import { ensureToolchain } from "../../../lab/toolchain/ensure";
import { labEnvironment } from "../../../lab/toolchain/env";

const root = path.resolve(__dirname, "../../..");

export interface Run {
  code: number;
  output: string;
}

/** A step as `pulumi preview --json` prints it. */
export interface Step {
  op: string;
  urn: string;
  replaceReasons?: string[] | null;
  detailedDiff?: Record<string, { kind: string }> | null;
}

interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}

export interface Project {
  directory: string;
  /** TMPDIR of every process that the engine starts. */
  temporary: string;
  /** Of every process that the engine starts. */
  environment: NodeJS.ProcessEnv;
  /** Replaces the program. */
  program(source: string): void;
  /** Runs the CLI in the project. */
  pulumi(...args: string[]): Promise<Run>;
  up(): Promise<Run>;
  /** The steps that are not "same", without the stack's and the providers' own. */
  preview(): Promise<Step[]>;
  /** Those of the plugins. */
  resources(): Promise<StateResource[]>;
  allResources(): Promise<StateResource[]>;
  /** The state as it lies on disk. */
  stateFile(): string;
  close(): void;
}

export interface Options {
  /** Added to the environment of every run. */
  environment?: Record<string, string>;
  runtimeOptions?: string;
}

/** Makes a project with a stack named "test". */
export async function project(options: Options = {}): Promise<Project> {
  await ensureToolchain(silentProgress);
  const directory = mkdtempSync(path.join(tmpdir(), "toolchain-test-"));
  const state = path.join(directory, "state");
  const temporary = path.join(directory, "tmp");
  for (const made of [state, temporary]) mkdirSync(made);
  symlinkSync(path.join(root, "node_modules"), path.join(directory, "node_modules"));
  const write = (name: string, text: string) => writeFileSync(path.join(directory, name), text);
  write("package.json", JSON.stringify({ name: "test", dependencies: { "@pulumi/pulumi": "*" } }));
  const runtimeOptions = options.runtimeOptions ?? 'nodeargs: "--import tsx", typescript: false';
  write(
    "Pulumi.yaml",
    `name: test\nruntime: { name: nodejs, options: { ${runtimeOptions} } }\nmain: index.ts\n`,
  );
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    ...labEnvironment(),
    ...options.environment,
    TMPDIR: temporary,
    PULUMI_BACKEND_URL: `file://${state}`,
    PULUMI_OPTION_CONFIG_FILE: path.join(directory, "Pulumi.test.yaml"),
  };
  const pulumi = (...args: string[]): Promise<Run> =>
    new Promise((resolve) => {
      const all = [...args, "--non-interactive", "--color", "never"];
      const done = (error: Error | null, stdout: string, stderr: string) => {
        const code = error ? Number((error as NodeJS.ErrnoException).code ?? 1) : 0;
        resolve({ code, output: stdout + stderr });
      };
      const settings = { cwd: directory, env: environment, maxBuffer: 1 << 26, timeout: 120_000 };
      execFile("pulumi", all, settings, done);
    });
  const made = await pulumi("stack", "init", "test");
  if (made.code !== 0) throw new Error(made.output);

  const json = async (...args: string[]): Promise<unknown> => {
    const { code, output } = await pulumi(...args);
    if (code !== 0) throw new Error(output);
    return JSON.parse(output.slice(output.indexOf("{"), output.lastIndexOf("}") + 1));
  };
  const all = async () => {
    const { deployment } = (await json("stack", "export")) as {
      deployment: { resources?: StateResource[] };
    };
    return deployment.resources ?? [];
  };
  return {
    directory,
    temporary,
    environment,
    program: (source) => write("index.ts", source),
    pulumi,
    up: () => pulumi("up", "--yes", "--skip-preview"),
    async preview() {
      const { steps } = (await json("preview", "--json")) as { steps: Step[] };
      return steps.filter(
        ({ op, urn }) => op !== "same" && !/::pulumi:(pulumi|providers):/.test(urn),
      );
    },
    resources: async () => (await all()).filter(({ type }) => !type.startsWith("pulumi")),
    allResources: all,
    stateFile: () => readFileSync(path.join(state, ".pulumi/stacks/test/test.json"), "utf8"),
    close: () => rmSync(directory, { recursive: true, force: true }),
  };
}

import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import type { LabPaths } from "../paths";
import { readPorts } from "../ports";
import { interactive, STACK } from "../pulumi";
import { labShell } from "../toolchain/env";
import { ensureStackExists } from "../toolchain/stack";

const USAGE = `npm run lab -- vm-cluster preview|up|destroy|config …   pulumi in examples/vm-cluster, on the lab

  npm run lab -- vm-cluster up --yes
  npm run lab -- vm-cluster config set --path network.use_sdn false
  npm run lab -- vm-cluster preview`;

const folder = (paths: LabPaths) => path.join(paths.root, "examples", "vm-cluster");
const configFile = (paths: LabPaths) => path.join(paths.lab, "Pulumi.vm-cluster.yaml");

interface StackFile {
  config: Record<string, unknown>;
}

/** The tracked config, or the lab's own copy of it with what was set there, with the API's port. */
function writeConfig(paths: LabPaths, apiPort: number): void {
  const file = configFile(paths);
  const source = fs.existsSync(file) ? file : path.join(folder(paths), `Pulumi.${STACK}.yaml`);
  const content = parse(fs.readFileSync(source, "utf8")) as StackFile;
  content.config["vm-cluster:api"] = { endpoint: `https://127.0.0.1:${apiPort}` };
  fs.writeFileSync(file, stringify(content), { mode: 0o600 });
}

/** Variables for a Pulumi that runs in examples/vm-cluster. @throws Error when the lab was never prepared */
export async function vmClusterEnvironment(paths: LabPaths): Promise<Record<string, string>> {
  const ports = readPorts(paths);
  if (!ports || !fs.existsSync(paths.apiToken)) {
    throw new Error("The lab is not prepared: run `npm run lab` first.");
  }
  const file = configFile(paths);
  writeConfig(paths, ports.pveApi);
  const env = { ...labShell(paths.root), PULUMI_OPTION_CONFIG_FILE: file };
  await ensureStackExists(folder(paths), STACK, { ...process.env, ...env });
  return env;
}

/** `npm run lab -- vm-cluster …`: hands its words to pulumi. @returns pulumi's exit code */
export async function vmClusterCommand(paths: LabPaths, args: string[]): Promise<number> {
  if (args.length === 0) throw new Error(USAGE);
  const env = await vmClusterEnvironment(paths);
  const argv = [...args, "--stack", STACK, "--cwd", folder(paths)];
  return interactive(paths, env, "pulumi", argv);
}

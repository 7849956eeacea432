// How a program of a Node.js project is started: the arguments and variables that the SDK's own
// `cmd/run` reads.
import type { RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { fromStruct } from "../wire";

/** `runtime.options` of Pulumi.yaml, as far as they are known here. */
export interface RuntimeOptions {
  /** Arguments for node itself, blank-separated: `--import tsx`. */
  nodeargs: string[];
  /** False: the SDK doesn't load ts-node (something else, such as tsx, does the work). */
  typescript: boolean;
  tsconfig?: string;
}

/** @throws Error naming an option that this stand-in doesn't have */
export function runtimeOptions(info: RunRequest["getInfo"] extends () => infer I ? I : never) {
  const given = fromStruct(info?.getOptions());
  const options: RuntimeOptions = { nodeargs: [], typescript: true };
  for (const [name, value] of Object.entries(given)) {
    if (name === "nodeargs" && typeof value === "string") {
      options.nodeargs = value.split(/\s+/).filter(Boolean);
    } else if (name === "typescript" && typeof value === "boolean") options.typescript = value;
    else if (name === "tsconfig" && typeof value === "string") options.tsconfig = value;
    else if (name !== "packagemanager") {
      throw new Error(
        `Pulumi.yaml: runtime.options.${name} is unknown to the pulumi-language-nodejs stand-in, ` +
          "which has nodeargs, typescript, tsconfig and packagemanager",
      );
    }
  }
  return options;
}

/**
 * @param runScript path of `@pulumi/pulumi/cmd/run` as the program resolves it
 * @param engine address of the engine's gRPC service
 */
export function programCommand(
  request: RunRequest,
  runScript: string,
  engine: string,
): { args: string[]; environment: Record<string, string> } {
  const info = request.getInfo();
  const options = runtimeOptions(info);
  const args = [...options.nodeargs, runScript];
  const add = (flag: string, value: string | number | undefined) => {
    if (value) args.push(`--${flag}`, String(value));
  };
  add("monitor", request.getMonitorAddress());
  add("engine", engine);
  add("organization", request.getOrganization());
  add("project", request.getProject());
  add("root-directory", info?.getRootDirectory());
  add("stack", request.getStack());
  add("pwd", info?.getProgramDirectory());
  if (request.getDryrun()) args.push("--dry-run");
  add("parallel", request.getParallel());
  args.push(info?.getEntryPoint() || ".", ...request.getArgsList());

  const config: Record<string, string> = {};
  for (const [key, value] of request.getConfigMap().entries()) {
    // "project:name" comes in; the SDK looks for "project:config:name".
    const colon = key.indexOf(":");
    config[`${key.slice(0, colon)}:config:${key.slice(colon + 1)}`] = value;
  }
  const environment: Record<string, string> = {
    PULUMI_CONFIG: JSON.stringify(config),
    PULUMI_CONFIG_SECRET_KEYS: JSON.stringify(request.getConfigsecretkeysList()),
  };
  if (options.typescript) environment.PULUMI_NODEJS_TYPESCRIPT = "true";
  if (options.tsconfig) environment.PULUMI_NODEJS_TSCONFIG_PATH = options.tsconfig;
  return { args, environment };
}

import * as fs from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { parseConfig } from "./parse";
import { missingForUpdate, requireReady } from "./ready";
import { configSchema, FabricConfig } from "./schema";
import { ConfigError, Violation, violationLine } from "./violation";

/** What the program needs to log in; secret, and never part of FabricConfig, a plan or a message. */
export interface Credentials {
  /** `USER@REALM!ID=UUID`; absent where the plugin finds it in PROXMOX_VE_API_TOKEN. */
  apiToken?: pulumi.Output<string>;
  /** SSH private key in PEM form; absent with `ssh.agent`. */
  privateKey?: pulumi.Output<string>;
}

const SECRET_KEYS = ["apiToken", "sshPrivateKey"] as const;

/**
 * Stands where a preview has no credentials. It has a token's form, because the provider checks that,
 * and reaches nobody: a preview contacts nothing, and an update is refused without real ones.
 */
const PREVIEW_ONLY = "preview@pam!none=00000000-0000-0000-0000-000000000000";

/** The stack's config as it is written, one field per config key of the project. */
function rawConfig(config: pulumi.Config): Record<string, unknown> {
  const prefix = `${config.name}:`;
  const names = Object.keys(pulumi.runtime.allConfig())
    .filter((name) => name.startsWith(prefix))
    .map((name) => name.slice(prefix.length))
    .filter((name) => !(SECRET_KEYS as readonly string[]).includes(name));
  const known = new Set(Object.keys(configSchema.shape));
  // An unknown key may hold anything, so its text is kept as it is for the schema to refuse.
  return Object.fromEntries(
    names.map((name) => [name, known.has(name) ? structured(config, name) : config.get(name)]),
  );
}

/** Text that is no JSON is a plain string where a section belongs: the schema refuses it by its path. */
function structured(config: pulumi.Config, name: string): unknown {
  const text = config.get(name);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
}

function textOf(file: string | undefined): string | undefined {
  try {
    return file === undefined ? undefined : fs.readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/** The private key's text. In a preview a file that is not there counts as no key. */
function privateKeyOf(stackConfig: pulumi.Config, file: string | undefined): pulumi.Output<string> {
  const inline = stackConfig.getSecret("sshPrivateKey");
  if (inline) return inline;
  try {
    return pulumi.secret(file === undefined ? "" : fs.readFileSync(file, "utf8"));
  } catch (error) {
    if (pulumi.runtime.isDryRun()) return pulumi.secret("");
    throw new ConfigError([
      {
        path: "ssh.privateKeyFile",
        value: file,
        reason: `cannot be read (${(error as NodeJS.ErrnoException).code ?? "unreadable"})`,
        remedy: "Name a file that holds the SSH private key, relative to the project",
      },
    ]);
  }
}

/** Shows what is no reason to stop, one warning each, at preview and update. */
export function warnOf(violations: readonly Violation[]): void {
  for (const violation of violations) void pulumi.log.warn(violationLine(violation));
}

/**
 * The only reader of Pulumi's config. Defaults are filled in from the schema.
 * A preview works without credentials and host keys; an update without them is refused here, before
 * any resource is registered.
 * @throws ConfigError with all violations at once
 */
export function loadConfig(): { config: FabricConfig; credentials: Credentials } {
  const stackConfig = new pulumi.Config();
  const config = parseConfig(rawConfig(stackConfig));
  const apiToken = stackConfig.getSecret("apiToken");
  const { PROXMOX_VE_API_TOKEN, SSH_AUTH_SOCK, SSL_CERT_FILE } = process.env;
  const missing = missingForUpdate(
    config,
    {
      apiToken: apiToken !== undefined || Boolean(PROXMOX_VE_API_TOKEN),
      sshPrivateKey: stackConfig.getSecret("sshPrivateKey") !== undefined,
      sshAgent: Boolean(SSH_AUTH_SOCK),
    },
    { caFile: textOf(config.cluster.api.caFile), sslCertFile: textOf(SSL_CERT_FILE) },
  );
  if (!pulumi.runtime.isDryRun()) requireReady(missing);
  warnOf(missing);
  // What the plugins find by themselves is no input of theirs: Pulumi's engine logs inputs in clear.
  const isInEnvironment = apiToken === undefined && PROXMOX_VE_API_TOKEN;
  const { agent, privateKeyFile } = config.ssh;
  return {
    config,
    credentials: {
      ...(isInEnvironment ? {} : { apiToken: apiToken ?? pulumi.secret(PREVIEW_ONLY) }),
      ...(agent ? {} : { privateKey: privateKeyOf(stackConfig, privateKeyFile) }),
    },
  };
}

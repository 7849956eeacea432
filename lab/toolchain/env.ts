// The environment in which a plain `pulumi up --stack lab` finds the lab.
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import type { Layout } from "./layout";
import { toolchainLayout } from "./layout";
import { labPaths } from "../paths";
import { usesStandIns } from "./record";

/** Variables of the user's shell that would win over the lab's own and must go. */
export const variablesToUnset = ["PULUMI_CONFIG_PASSPHRASE"] as const;

const systemBundles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

function replace(file: string, text: string, mode: number): void {
  mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
  const partial = `${file}.${process.pid}.partial`;
  writeFileSync(partial, text, { mode });
  renameSync(partial, file);
}

function ensurePassphrase(layout: Layout): void {
  if (existsSync(layout.passphrase)) return;
  replace(layout.passphrase, `${randomBytes(24).toString("base64url")}\n`, 0o600);
}

/** Go programs trust this file in place of the system's bundle, so it must hold that one too. */
function ensureBundle(layout: Layout): void {
  const given = process.env.SSL_CERT_FILE;
  const candidates = given && given !== layout.caBundle ? [given] : systemBundles;
  const system = candidates.find(existsSync);
  const texts = [system, layout.ca].map((file) =>
    file && existsSync(file) ? readFileSync(file, "utf8").trimEnd() : "",
  );
  replace(layout.caBundle, `${texts.filter(Boolean).join("\n")}\n`, 0o644);
}

/**
 * Variables for any process that runs the lab's Pulumi; makes the files and directories that they
 * name (the state's directory, a random passphrase, the bundle of authorities). Call it again when
 * the lab's CA was made: the bundle then carries it.
 * @param root the checkout; default: this one
 */
export function labEnvironment(root?: string): Record<string, string> {
  const layout = toolchainLayout(root);
  for (const directory of [layout.home, layout.state]) mkdirSync(directory, { recursive: true });
  ensurePassphrase(layout);
  ensureBundle(layout);
  const others = (process.env.PATH ?? "").split(path.delimiter).filter((d) => d !== layout.bin);
  return {
    PATH: [layout.bin, ...others].join(path.delimiter),
    PULUMI_HOME: layout.home,
    PULUMI_BACKEND_URL: `file://${layout.state}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: layout.passphrase,
    PULUMI_SKIP_UPDATE_CHECK: "true",
    // Pulumi reads an option from PULUMI_OPTION_<NAME>: here --config-file, so that the lab's
    // generated values stay out of the tracked Pulumi.lab.yaml.
    PULUMI_OPTION_CONFIG_FILE: layout.stackConfig,
    SSL_CERT_FILE: layout.caBundle,
    ...(usesStandIns(layout) ? { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true" } : {}),
  };
}

/**
 * The same with what opens the lab's cluster: the API token, and the agent that holds the SSH key. A lab
 * that was never prepared has neither.
 */
export function labShell(root?: string): Record<string, string> {
  const { agent, apiToken } = labPaths(root);
  return {
    ...labEnvironment(root),
    ...(existsSync(agent) ? { SSH_AUTH_SOCK: agent } : {}),
    ...(existsSync(apiToken)
      ? { PROXMOX_VE_API_TOKEN: readFileSync(apiToken, "utf8").trim() }
      : {}),
  };
}

import * as fs from "node:fs";
import { START_AGENT } from "../config/ready";
import { sshSchema } from "../config/schema";
import type { SshSettings } from "./ssh";

/** What Pulumi puts beside a dynamic resource's own properties. */
export interface Carried {
  __provider?: string;
}

/** Config as the provider process sees it; secrets arrive in clear and stay in this process. */
export interface ConfigReader {
  get(key: string): string | undefined;
}

export interface Diff {
  changes: boolean;
  replaces?: string[];
  deleteBeforeReplace?: boolean;
}

/** The seven calls that Pulumi makes, for inputs I and outputs O. */
export interface Implementation<I, O> {
  configure(request: { config: ConfigReader }): Promise<void>;
  check(olds: I, news: I): Promise<{ inputs: I }>;
  diff(id: string, olds: O, news: I): Promise<Diff>;
  create(inputs: I): Promise<{ id: string; outs: O }>;
  read(id: string, props: O): Promise<{ id?: string; props?: O; inputs?: I }>;
  update(id: string, olds: O, news: I): Promise<{ outs: O }>;
  delete(id: string, props: O): Promise<void>;
}

/** Stands for a value that is not known yet, in `check` and `diff` during a preview. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

/** Whether two property values differ. Order of keys does not matter; an unknown value differs. */
export function differs(a: unknown, b: unknown): boolean {
  if (a === UNKNOWN || b === UNKNOWN) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) {
    return (a ?? undefined) !== (b ?? undefined);
  }
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const keys = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...keys].some((key) => differs(left[key], right[key]));
}

/** Names of the given properties in which old and new differ. */
export function changedKeys<T extends object>(
  olds: T,
  news: T,
  keys: readonly (keyof T)[],
): (keyof T)[] {
  return keys.filter((key) => differs(olds[key], news[key]));
}

/**
 * Reads how to log in from the stack's config: the agent of `ssh.agent`, the secret `sshPrivateKey`, or
 * the file that `ssh.privateKeyFile` names (relative to the program's directory, which is the working
 * directory).
 * @throws Error with one clear message when there is no key
 */
export function sshSettings(config: ConfigReader): SshSettings {
  const ssh = sshSchema.parse(JSON.parse(config.get("ssh") ?? "{}"));
  const timeoutMs = ssh.timeoutSeconds * 1000;
  if (ssh.agent) {
    const agent = process.env.SSH_AUTH_SOCK;
    if (agent) return { agent, timeoutMs };
    throw new Error(`ssh.agent is set, but SSH_AUTH_SOCK names no agent: ${START_AGENT}.`);
  }
  const inline = config.get("sshPrivateKey");
  if (inline) return { privateKey: inline, timeoutMs };
  if (!ssh.privateKeyFile) {
    throw new Error(
      "No SSH private key: set ssh.privateKeyFile, or `pulumi config set --secret sshPrivateKey`.",
    );
  }
  try {
    return { privateKey: fs.readFileSync(ssh.privateKeyFile, "utf8"), timeoutMs };
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? "unreadable";
    throw new Error(`ssh.privateKeyFile ${ssh.privateKeyFile} cannot be read (${why}).`);
  }
}

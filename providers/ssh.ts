import { Client, ConnectConfig, ServerHostKeyAlgorithm } from "ssh2";
import type { NodeEndpoint } from "../plan/types";

/** What a command on a node answered. A signal or a lost connection is an SshError instead. */
export interface ExecResult {
  code: number;
  stdout: string;
  stderr: string;
}

export interface ExecOptions {
  /** Text for the command's standard input. A promise keeps the input open until it is settled. */
  stdin?: string | Promise<string>;
  /** Receives standard output while the command runs, in pieces of any length. */
  onOutput?: (text: string) => void;
  /** The command changes nothing, so it may run again where the connection was lost. */
  repeatable?: boolean;
  /** Milliseconds until the command is given up; the connection's own timeout when absent. */
  timeoutMs?: number;
}

export interface SshSettings {
  /** Private key in PEM form; or `agent`. */
  privateKey?: string;
  /** Socket of an SSH agent that holds the key. */
  agent?: string;
  /** Milliseconds for the connection, and for a command that names no timeout of its own. */
  timeoutMs: number;
  /** Milliseconds for the connection alone, where it may take less than a command. */
  connectMs?: number;
}

/** The node could not be reached or did not answer; the message says which node, why and what to do. */
export class SshError extends Error {
  constructor(
    readonly node: string,
    message: string,
    /** What to do, where the message ends with it. */
    readonly remedy?: string,
    /** The connection broke, or could not be made: the same may work a little later. */
    readonly connectionLost = false,
  ) {
    super(remedy === undefined ? message : `${message} ${remedy}`);
    this.name = "SshError";
  }
}

/** An open connection to a node. */
export interface SshSession {
  readonly node: string;
  exec(command: string, options?: ExecOptions): Promise<ExecResult>;
  close(): void;
}

/** Quotes arguments for the login shell on the node, so that each arrives as it is (POSIX sh). */
export function quoteArgv(argv: readonly string[]): string {
  return argv
    .map((arg) => (/^[\w@%+=:,./-]+$/.test(arg) ? arg : `'${arg.replaceAll("'", `'\\''`)}'`))
    .join(" ");
}

function hostKeyAlgorithms(type: string): ServerHostKeyAlgorithm[] {
  // An RSA key signs with SHA-2 (RFC 8332); the key's own type names the retired SHA-1 form.
  if (type === "ssh-rsa") return ["rsa-sha2-512", "rsa-sha2-256"];
  return [type as ServerHostKeyAlgorithm];
}

function place(endpoint: NodeEndpoint): string {
  return `${endpoint.name} (${endpoint.user}@${endpoint.host}, port ${endpoint.port})`;
}

function connectFailure(
  endpoint: NodeEndpoint,
  error: Error & { level?: string },
  keyDiffers: boolean,
): SshError {
  const where = place(endpoint);
  if (keyDiffers) {
    return new SshError(
      endpoint.name,
      `${where}: the host key is not the one in the config (nodes[].hostKey of ${endpoint.name}), so nothing was sent.`,
      "If the node was reinstalled, compare the key at its console and correct the config; otherwise somebody stands in between.",
    );
  }
  if (error.level === "client-authentication") {
    return new SshError(
      endpoint.name,
      `${where}: the node refused the SSH key.`,
      `Add its public half to authorized_keys of ${endpoint.user} there, or correct ssh.privateKeyFile / the secret sshPrivateKey; with ssh.agent, see what \`ssh-add -l\` lists.`,
    );
  }
  return new SshError(
    endpoint.name,
    `${where}: no SSH connection (${error.message}).`,
    "Check that the node is up and that nodes[].address and nodes[].port are right.",
    true,
  );
}

/** Runs work on a connection to a node. */
export type On = <T>(
  endpoint: NodeEndpoint,
  work: (session: SshSession) => Promise<T>,
) => Promise<T>;

/**
 * Connects to a node. The host key is always checked.
 * @throws SshError when the host key is unset or differs, the key is refused, or nobody answers
 */
export function connect(endpoint: NodeEndpoint, settings: SshSettings): Promise<SshSession> {
  const [type = "", base64 = ""] = endpoint.hostKey.split(" ");
  if (!type || !base64) {
    return Promise.reject(
      new SshError(
        endpoint.name,
        `${place(endpoint)}: nodes[].hostKey is not set, and no connection is made to a host that cannot be recognised.`,
        "Set it to the node's public host key.",
      ),
    );
  }
  const expected = Buffer.from(base64, "base64");
  const client = new Client();
  let keyDiffers = false;
  const config: ConnectConfig = {
    host: endpoint.host,
    port: endpoint.port,
    username: endpoint.user,
    ...(settings.agent === undefined
      ? { privateKey: settings.privateKey }
      : { agent: settings.agent }),
    readyTimeout: settings.connectMs ?? settings.timeoutMs,
    keepaliveInterval: 10_000,
    algorithms: { serverHostKey: hostKeyAlgorithms(type) },
    hostVerifier: (key: Buffer) => {
      keyDiffers = !expected.equals(key);
      return !keyDiffers;
    },
  };
  return new Promise((resolve, reject) => {
    client.once("ready", () => {
      client.removeAllListeners("error");
      // A connection that breaks later is reported by the command that is running on it.
      client.on("error", () => undefined);
      resolve(session(client, endpoint, settings.timeoutMs));
    });
    client.once("error", (error) => reject(connectFailure(endpoint, error, keyDiffers)));
    try {
      client.connect(config);
    } catch {
      // ssh2 throws here for a key that it cannot parse; its text may quote the key.
      reject(
        new SshError(
          endpoint.name,
          "The SSH private key cannot be read: it must be an unencrypted key in PEM or OpenSSH form.",
        ),
      );
    }
  });
}

function session(client: Client, endpoint: NodeEndpoint, defaultTimeoutMs: number): SshSession {
  return {
    node: endpoint.name,
    close: () => client.end(),
    exec: (command, options = {}) =>
      new Promise((resolve, reject) => {
        const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
        const fail = (why: string, connectionLost = false) => {
          clearTimeout(timer);
          client.off("close", lost);
          reject(
            new SshError(endpoint.name, `${place(endpoint)}: ${why}`, undefined, connectionLost),
          );
        };
        const lost = () => fail("the connection was lost while a command ran.", true);
        const timer = setTimeout(() => {
          fail(`a command did not end within ${timeoutMs / 1000} s.`);
          client.destroy();
        }, timeoutMs);
        client.once("close", lost);
        client.exec(command, (error, channel) => {
          if (error) return fail(`a command could not be started (${error.message}).`, true);
          let stdout = "";
          let stderr = "";
          channel.setEncoding("utf8");
          channel.stderr.setEncoding("utf8");
          channel.on("data", (text: string) => {
            stdout += text;
            options.onOutput?.(text);
          });
          channel.stderr.on("data", (text: string) => (stderr += text));
          channel.on("close", (code: number | undefined, signal: string | undefined) => {
            if (code === undefined || code === null) {
              const how = signal ? ` by SIG${signal}` : " without an exit code";
              return fail(`a command was ended${how}.`, !signal);
            }
            clearTimeout(timer);
            client.off("close", lost);
            resolve({ code, stdout, stderr });
          });
          const { stdin = "" } = options;
          if (typeof stdin === "string") channel.end(stdin);
          else void stdin.then((text) => channel.end(text));
        });
      }),
  };
}

/** Runs `work` on a connection of its own and closes it, whatever happens. */
export async function withSession<T>(
  endpoint: NodeEndpoint,
  settings: SshSettings,
  work: (session: SshSession) => Promise<T>,
): Promise<T> {
  const open = await connect(endpoint, settings);
  try {
    return await work(open);
  } finally {
    open.close();
  }
}

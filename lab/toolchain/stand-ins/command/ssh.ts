// One command over the machine's own OpenSSH client. Keys, passwords, host keys and values of
// variables go through files in a private directory and through the environment: never through
// arguments, which every user of the machine can read.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { Connection, Endpoint } from "./connection";

export interface RemoteRun {
  connection: Connection;
  command: string;
  stdin?: string;
  /** Sent as SSH variables; the server drops those that its AcceptEnv doesn't name. */
  environment: Record<string, string>;
  onOutput(stream: "stdout" | "stderr", text: string): void;
  onRetry(message: string): void;
}

export interface Outcome {
  /** Of the command on the server, or 255 when the connection was lost; nothing after a signal. */
  exitCode?: number;
}

const running = new Set<ChildProcess>();
const directories = new Set<string>();
let stopped = false;

/** Ends every ssh that still runs and removes its files; none is started after it. */
export function stopAll(): void {
  stopped = true;
  for (const child of running) child.kill("SIGTERM");
  for (const directory of directories) rmSync(directory, { recursive: true, force: true });
}

const quoted = (text: string) => `"${text.replace(/[\\"]/g, "\\$&")}"`;

async function describe(name: string, at: Endpoint, dir: string): Promise<string[]> {
  const file = (suffix: string) => path.join(dir, `${name}.${suffix}`);
  const put = (suffix: string, text: string) =>
    writeFile(file(suffix), text.endsWith("\n") ? text : `${text}\n`, { mode: 0o600 });
  if (at.privateKey) await put("key", at.privateKey);
  if (at.hostKey) await put("known_hosts", `${name} ${at.hostKey.trim()}`);
  if (at.password) await put("password", at.password);
  if (at.privateKeyPassword) await put("passphrase", at.privateKeyPassword);
  const agent = at.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
  return [
    `Host ${name}`,
    `HostName ${quoted(at.host.replace(/%/g, "%%"))}`,
    `Port ${at.port}`,
    `User ${quoted(at.user)}`,
    `HostKeyAlias ${name}`,
    `StrictHostKeyChecking ${at.hostKey ? "yes" : "no"}`,
    `UserKnownHostsFile ${at.hostKey ? quoted(file("known_hosts")) : "/dev/null"}`,
    `IdentityFile ${at.privateKey ? quoted(file("key")) : "none"}`,
    `IdentitiesOnly ${at.privateKey ? "yes" : "no"}`,
    `IdentityAgent ${agent ? quoted(agent) : "none"}`,
    `BatchMode ${at.password || at.privateKeyPassword ? "no" : "yes"}`,
    ...(at.perDialTimeout > 0 ? [`ConnectTimeout ${at.perDialTimeout}`] : []),
  ];
}

// ssh asks this for a password when there is no terminal; the prompt says for which of the two.
const askpass = `#!/bin/sh
case "$1" in
*[Pp]assphrase*) exec cat "$SSH_STAND_IN_DIR"/target.passphrase ;;
*) exec cat "$SSH_STAND_IN_DIR"/target.password ;;
esac
`;

async function prepare(run: RemoteRun, dir: string): Promise<string> {
  const { connection, environment } = run;
  const config = path.join(dir, "config");
  const lines = await describe("target", connection, dir);
  const names = Object.keys(environment);
  if (names.length > 0) lines.push(`SendEnv ${names.join(" ")}`);
  if (connection.proxy) {
    lines.push(`ProxyCommand ssh -F ${quoted(config)} -W [%h]:%p proxy`);
  }
  // Runs after authentication and before the command: tells a failed dial from a failed command.
  lines.push("PermitLocalCommand yes", `LocalCommand touch ${quoted(path.join(dir, "dialled"))}`);
  if (connection.proxy) lines.push(...(await describe("proxy", connection.proxy, dir)));
  lines.push("Host *", "GlobalKnownHostsFile /dev/null", "LogLevel ERROR", "RequestTTY no");
  lines.push("ControlPath none", "NumberOfPasswordPrompts 1", "UpdateHostKeys no");
  await writeFile(config, `${lines.join("\n")}\n`, { mode: 0o600 });
  await writeFile(path.join(dir, "askpass"), askpass, { mode: 0o700 });
  return config;
}

/** Dials once and, when that succeeds, runs the command. */
async function attempt(run: RemoteRun, dir: string, config: string): Promise<Outcome | string> {
  const dialled = path.join(dir, "dialled");
  const child = spawn("ssh", ["-F", config, "target", "--", run.command], {
    env: {
      ...process.env,
      ...run.environment,
      // It runs LocalCommand. A bash whose input is a socket takes itself for a remote one and reads
      // the user's .bashrc first, which may do anything.
      SHELL: "/bin/sh",
      SSH_ASKPASS: path.join(dir, "askpass"),
      SSH_ASKPASS_REQUIRE: "force",
      SSH_STAND_IN_DIR: dir,
    },
    stdio: ["pipe", "pipe", "pipe"],
  });
  running.add(child);
  let complaint = "";
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream].setEncoding("utf8").on("data", (text: string) => {
      // Before the dial has succeeded only ssh itself can be talking.
      if (stream === "stderr" && !existsSync(dialled)) complaint += text;
      else run.onOutput(stream, text);
    });
  }
  child.stdin.on("error", () => undefined); // a command need not read what it is given
  child.stdin.end(run.stdin ?? "");
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject).on("close", resolve);
  }).finally(() => running.delete(child));
  if (!existsSync(dialled)) {
    const last = complaint.trim().split("\n").pop()?.trim();
    return last || `ssh ended with status ${code ?? "unknown"}`;
  }
  return code === null ? {} : { exitCode: code };
}

/** x/crypto's words for what its user sees where OpenSSH has words of its own. */
function dialError(complaint: string): string {
  if (/host key verification failed|remote host identification/i.test(complaint)) {
    return "ssh: handshake failed: ssh: host key mismatch";
  }
  if (/permission denied/i.test(complaint)) {
    return "ssh: handshake failed: ssh: unable to authenticate, no supported methods remain";
  }
  return complaint;
}

/**
 * Runs one command, dialling again while the limit allows (0.1 s apart at first, then slower).
 * @throws Error "after N failed attempts: …" when no dial succeeds
 */
export async function runRemote(run: RemoteRun): Promise<Outcome> {
  const dir = await mkdtemp(path.join(tmpdir(), "command-stand-in-"));
  directories.add(dir);
  try {
    const config = await prepare(run, dir);
    const limit = run.connection.dialErrorLimit;
    let delay = 100;
    for (let dials = 1; ; dials++) {
      if (stopped) throw new Error("cancelled");
      const outcome = await attempt(run, dir, config);
      if (typeof outcome !== "string") return outcome;
      const error = dialError(outcome);
      if (limit !== -1 && dials > limit)
        throw new Error(`after ${dials - 1} failed attempts: ${error}`);
      run.onRetry(`Dial ${dials}/${limit === -1 ? "inf" : limit} failed: retrying`);
      await new Promise((resolve) => setTimeout(resolve, delay));
      delay = Math.min(delay * 1.5, 5000);
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
    directories.delete(dir);
  }
}

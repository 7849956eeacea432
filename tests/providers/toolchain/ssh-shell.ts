// An SSH server in this process that really runs what it is told, in a directory of its own.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { Connection } from "ssh2";
import { Server, utils } from "ssh2";
import { keyPair } from "../../fixtures/ssh-keys";

export interface SshShell {
  port: number;
  /** Of the server, in the form of authorized_keys. */
  hostKey: string;
  /** Of the one user that may log in. */
  privateKey: string;
  /** Where commands run. */
  directory: string;
  /** Every command that was run, in order. */
  commands: string[];
  /** How many connections were made, also those that failed to authenticate. */
  connections: () => number;
  close(): Promise<void>;
}

/** Of a server that nobody runs. */
export function anotherHostKey(): string {
  return keyPair().public;
}

/**
 * @param acceptEnv names of variables that the server takes from a client, as AcceptEnv does
 * @param rewrite what becomes of a command before it is run: a node's folders lie elsewhere here
 */
export async function sshShell(
  acceptEnv: readonly string[] = [],
  rewrite: (command: string, directory: string) => string = (command) => command,
): Promise<SshShell> {
  const host = keyPair();
  const user = keyPair();
  const userKey = utils.parseKey(user.public);
  if (userKey instanceof Error) throw userKey;
  const directory = mkdtempSync(path.join(tmpdir(), "ssh-shell-"));
  const commands: string[] = [];
  let connections = 0;
  const clients = new Set<Connection>();
  const server = new Server({ hostKeys: [host.private] }, (client) => {
    connections++;
    clients.add(client);
    client.on("close", () => clients.delete(client));
    client.on("error", () => undefined);
    client.on("authentication", (context) => {
      const known =
        context.method === "publickey" && context.key.data.equals(userKey.getPublicSSH());
      return known ? context.accept() : context.reject(["publickey"]);
    });
    client.on("session", (accept) => {
      const session = accept();
      const environment: Record<string, string> = {};
      session.on("env", (acceptEnvironment, reject, { key, val }) => {
        if (!acceptEnv.includes(key)) return reject?.();
        environment[key] = val;
        acceptEnvironment?.();
      });
      session.on("exec", (acceptExec, _reject, { command }) => {
        commands.push(command);
        const channel = acceptExec();
        const shell = spawn("sh", ["-c", rewrite(command, directory)], {
          cwd: directory,
          env: { PATH: process.env.PATH, ...environment },
        });
        channel.pipe(shell.stdin);
        shell.stdin.on("error", () => undefined);
        shell.stdout.on("data", (data: Buffer) => channel.write(data));
        shell.stderr.on("data", (data: Buffer) => channel.stderr.write(data));
        shell.on("close", (code) => {
          channel.exit(code ?? 1);
          channel.end();
        });
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as AddressInfo).port,
    hostKey: host.public,
    privateKey: user.private,
    directory,
    commands,
    connections: () => connections,
    async close() {
      for (const client of clients) client.end();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

import * as fs from "node:fs";
import type { LabPaths } from "../paths";
import type { LabPorts } from "../ports";
import { sshAliases } from "./nodes";
import { run } from "./process";

/**
 * Makes the lab's SSH user key and one host key per alias, each once, in `.lab/secrets`.
 * A key counts as made only when both halves are there.
 */
export async function ensureKeys(paths: LabPaths): Promise<void> {
  fs.mkdirSync(paths.secrets, { recursive: true, mode: 0o700 });
  fs.chmodSync(paths.secrets, 0o700);
  await ensureKey(paths.sshKey, "proxmox-evpn lab");
  for (const { name } of sshAliases) await ensureKey(paths.hostKey(name), `${name} lab host key`);
}

/** A public half in the form `ssh-ed25519 AAAA…`, without the comment. */
export function publicKey(file: string): string {
  return fs.readFileSync(`${file}.pub`, "utf8").trim().split(/\s+/).slice(0, 2).join(" ");
}

/** A node's host key (or the guest's, alias `lab`) as `ssh-ed25519 AAAA…`. */
export function hostPublicKey(paths: LabPaths, alias: string): string {
  return publicKey(paths.hostKey(alias));
}

/** Writes `.lab/ssh_config` and `.lab/known_hosts` for these ports. */
export function writeSshConfig(paths: LabPaths, ports: LabPorts): void {
  const known = sshAliases.map(({ name }) => `${name} ${hostPublicKey(paths, name)}\n`);
  fs.writeFileSync(paths.knownHosts, known.join(""), { mode: 0o600 });
  const hosts = sshAliases.map(({ name }) =>
    [`Host ${name}`, `  Port ${ports[name]}`, `  HostKeyAlias ${name}`, ""].join("\n"),
  );
  const common = [
    "Host *",
    "  HostName 127.0.0.1",
    "  User root",
    `  IdentityFile "${paths.sshKey}"`,
    "  IdentitiesOnly yes",
    "  IdentityAgent none",
    `  UserKnownHostsFile "${paths.knownHosts}"`,
    "  GlobalKnownHostsFile /dev/null",
    "  StrictHostKeyChecking yes",
    "  UpdateHostKeys no",
    "  BatchMode yes",
    "  ConnectTimeout 10",
    "  ServerAliveInterval 15",
    "  LogLevel ERROR",
    "",
  ];
  fs.writeFileSync(paths.sshConfig, hosts.join("\n") + "\n" + common.join("\n"), { mode: 0o600 });
}

async function ensureKey(file: string, comment: string): Promise<void> {
  if (fs.existsSync(file) && fs.existsSync(`${file}.pub`)) return;
  // ssh-keygen asks before it overwrites, so a half that an interruption left goes first.
  fs.rmSync(file, { force: true });
  fs.rmSync(`${file}.pub`, { force: true });
  const made = await run(
    "ssh-keygen",
    ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file],
    {
      timeoutMs: 30_000,
    },
  );
  if (made.code !== 0) throw new Error(`ssh-keygen could not make ${file}: ${made.stderr.trim()}`);
  fs.chmodSync(file, 0o600);
  fs.chmodSync(`${file}.pub`, 0o600);
}

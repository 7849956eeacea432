import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import type { LabPaths } from "../paths";
import { cpioArchive, type CpioEntry } from "./cpio";
import { treeEntries } from "./image";
import { publicKey } from "./keys";
import { labNodes, labRoot } from "./nodes";

/**
 * The scripts and files that every node and the guest itself get: `guestfs/` for the guest's root
 * namespace, `lab/rootfs/` for the nodes. No secrets in it, so it can also be sent to a guest that
 * runs.
 */
export function scriptEntries(): CpioEntry[] {
  return [
    ...treeEntries(path.join(__dirname, "guestfs"), "guestfs"),
    { path: "lab", mode: 0o755 },
    ...treeEntries(path.join(__dirname, "rootfs"), "lab/rootfs"),
    ...treeEntries(path.join(__dirname, "nodes"), "lab/nodes"),
  ];
}

/** Tells whether a running guest has the scripts of this checkout. */
export function scriptsHash(): string {
  return createHash("sha256").update(cpioArchive(scriptEntries())).digest("hex").slice(0, 16);
}

/**
 * Writes `.lab/guest/initrd` (0600, it holds host keys): the image's base archive followed by the
 * scripts and this lab's keys.
 */
export function writeInitrd(paths: LabPaths, baseInitrd: string): void {
  const authorized = Buffer.from(`${publicKey(paths.sshKey)}\n`);
  const scripts = scriptEntries();
  const init = scripts.find((entry) => entry.path === "guestfs/init");
  const sshd = scripts.find((entry) => entry.path === "lab/rootfs/etc/ssh/sshd_config");
  if (!init?.content || !sshd?.content) throw new Error("lab/guest lacks its init or sshd_config.");
  const entries: CpioEntry[] = [
    { ...init, path: "init" },
    ...scripts,
    { path: "guestfs/etc", mode: 0o755 },
    { path: "guestfs/etc/ssh", mode: 0o755 },
    { ...sshd, path: "guestfs/etc/ssh/sshd_config" },
    hostKeyEntry(paths, labRoot.name, "guestfs/etc/ssh"),
    { path: "guestfs/root", mode: 0o700 },
    { path: "guestfs/root/.ssh", mode: 0o700 },
    { path: "guestfs/root/.ssh/authorized_keys", mode: 0o600, content: authorized },
    { path: "lab/authorized_keys", mode: 0o600, content: authorized },
    { path: "lab/frr", mode: 0o644, content: Buffer.from(`${paths.frrRoot}\n`) },
    ...labNodes.map(({ name }) => hostKeyEntry(paths, name, `lab/nodes/${name}`)),
  ];
  const temporary = `${paths.initrd}.${process.pid}`;
  fs.writeFileSync(temporary, Buffer.concat([fs.readFileSync(baseInitrd), cpioArchive(entries)]), {
    mode: 0o600,
  });
  fs.renameSync(temporary, paths.initrd);
}

function hostKeyEntry(paths: LabPaths, alias: string, folder: string): CpioEntry {
  return {
    path: `${folder}/ssh_host_ed25519_key`,
    mode: 0o600,
    content: fs.readFileSync(paths.hostKey(alias)),
  };
}

import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/**
 * Whose FRR the nodes run: that of Debian 13, what Proxmox VE 9 is built on (10.3), or the newest of
 * Debian with the libraries that it needs, the way to FRR 10.6 and later (tunnels over IPv6). All else
 * is Debian 13's.
 */
export const FRR_ROOTS = ["stable", "latest"] as const;
export type FrrRoot = (typeof FRR_ROOTS)[number];

/**
 * Where the lab keeps what it makes: `.lab/` of one checkout, and the cache that checkouts share. The lab
 * whose nodes run the newest FRR is another lab, with ports, state and nodes of its own, in `.lab/latest`.
 */
export interface LabPaths {
  /** The checkout, absolute. */
  root: string;
  /** `.lab`: everything generated for this checkout; ignored by git. */
  lab: string;
  /** `.lab/lab.json`: ports on 127.0.0.1, chosen at the first start and kept (see ports.ts). */
  labJson: string;
  /** `.lab/secrets` (0700): keys, certificates' keys, tokens; every file 0600. */
  secrets: string;
  /** `.lab/secrets/id_ed25519`: the key that opens every node; the public half beside it. */
  sshKey: string;
  /** `.lab/secrets/agent`: socket of the SSH agent that holds this key, and beside it its process id. */
  agent: string;
  agentPid: string;
  /** `.lab/secrets/api-token`: the API token, `USER@REALM!ID=UUID`. */
  apiToken: string;
  /** `.lab/secrets/host_<alias>`: a node's SSH host key, made here so that clients know it before the first boot. */
  hostKey(alias: string): string;
  /** `.lab/ssh_config`: for `ssh -F`, with the aliases pve01, pve02, pve03 and lab. */
  sshConfig: string;
  /** `.lab/known_hosts`: the host keys by alias. */
  knownHosts: string;
  /** `.lab/guest`: the running guest's own files. */
  guest: string;
  /** `.lab/frr`: which of the two labs commands mean, `stable` or `latest`; absent: stable. */
  frrRootFile: string;
  /** What stands in that file. */
  frrRoot: FrrRoot;
  /** `.lab/guest/nodes.img`: the nodes' disk, sparse; deleting it while the guest is stopped resets the nodes. */
  nodesDisk: string;
  /** `.lab/guest/initrd` (0600): initramfs with this lab's keys and the node scripts, made at every start. */
  initrd: string;
  /** `.lab/guest/qemu.pid`: written and removed by QEMU itself. */
  qemuPid: string;
  /** `.lab/guest/uml.pid`: the first process of the guest's namespaces, when it is a User Mode Linux. */
  umlPid: string;
  /** `.lab/guest/guest.json`: what the running guest was started with. */
  guestState: string;
  /** `.lab/guest/serial.log`: the guest's console since its last start. */
  serialLog: string;
  /** `.lab/guest/machine.log`: what QEMU, or the host's side of User Mode Linux, says itself. */
  machineLog: string;
  /** Builds that can be used again, by content hash. */
  cache: string;
  /** `<cache>/images/<hash>`: kernel, root and base initramfs of the guest. */
  images: string;
}

/** The lab's cache: `EVPN_LAB_CACHE`, else `XDG_CACHE_HOME/proxmox-evpn`, else `~/.cache/proxmox-evpn`. */
export function cacheDirectory(env: NodeJS.ProcessEnv = process.env): string {
  if (env.EVPN_LAB_CACHE) return path.resolve(env.EVPN_LAB_CACHE);
  return path.join(env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "proxmox-evpn");
}

function frrRootIn(file: string): FrrRoot {
  const word = fs.existsSync(file) ? fs.readFileSync(file, "utf8").trim() : "";
  return FRR_ROOTS.find((each) => each === word) ?? "stable";
}

/**
 * Every path of the lab that belongs to the checkout `root` (default: the one that this file is
 * part of). Makes nothing.
 */
export function labPaths(root: string = path.resolve(__dirname, "..")): LabPaths {
  const frrRootFile = path.join(root, ".lab", "frr");
  const frrRoot = frrRootIn(frrRootFile);
  const lab = path.join(root, ".lab", ...(frrRoot === "latest" ? ["latest"] : []));
  const secrets = path.join(lab, "secrets");
  const guest = path.join(lab, "guest");
  const cache = cacheDirectory();
  return {
    root,
    lab,
    labJson: path.join(lab, "lab.json"),
    secrets,
    sshKey: path.join(secrets, "id_ed25519"),
    agent: path.join(secrets, "agent"),
    agentPid: path.join(secrets, "agent.pid"),
    apiToken: path.join(secrets, "api-token"),
    hostKey: (alias) => path.join(secrets, `host_${alias}`),
    sshConfig: path.join(lab, "ssh_config"),
    knownHosts: path.join(lab, "known_hosts"),
    guest,
    frrRootFile,
    frrRoot,
    nodesDisk: path.join(guest, "nodes.img"),
    initrd: path.join(guest, "initrd"),
    qemuPid: path.join(guest, "qemu.pid"),
    umlPid: path.join(guest, "uml.pid"),
    guestState: path.join(guest, "guest.json"),
    serialLog: path.join(guest, "serial.log"),
    machineLog: path.join(guest, "machine.log"),
    cache,
    images: path.join(cache, "images"),
  };
}

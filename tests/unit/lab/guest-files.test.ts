import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { cpioArchive } from "../../../lab/guest/cpio";
import { imageHash, treeEntries } from "../../../lab/guest/image";
import { scriptEntries, scriptsHash, writeInitrd } from "../../../lab/guest/initrd";
import { ensureKeys, hostPublicKey, writeSshConfig } from "../../../lab/guest/keys";
import { labNodes, sshAliases } from "../../../lab/guest/nodes";
import { run } from "../../../lab/guest/process";
import { labPaths } from "../../../lab/paths";

const ports = { pve01: 2201, pve02: 2202, pve03: 2203, lab: 2204, pveApi: 8006, pvesh: 8007 };
let root: string;
beforeEach(() => (root = fs.mkdtempSync(path.join(os.tmpdir(), "lab-guest-"))));
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

// A reader of the "newc" form of its own, so that the writer is not held to itself.
function readCpio(data: Buffer): { path: string; mode: number; uid: number; content: Buffer }[] {
  const entries = [];
  let at = 0;
  while (at < data.length) {
    if (data[at] === 0) {
      at += 1;
      continue;
    }
    expect(data.subarray(at, at + 6).toString()).toBe("070701");
    expect(at % 4).toBe(0);
    const field = (index: number) =>
      parseInt(data.subarray(at + 6 + index * 8, at + 14 + index * 8).toString(), 16);
    const nameEnd = at + 110 + field(11);
    const start = Math.ceil(nameEnd / 4) * 4;
    const name = data.subarray(at + 110, nameEnd - 1).toString();
    const content = data.subarray(start, start + field(6));
    if (name !== "TRAILER!!!") entries.push({ path: name, mode: field(1), uid: field(2), content });
    at = Math.ceil((start + field(6)) / 4) * 4;
  }
  return entries;
}

describe("cpioArchive", () => {
  it("keeps names, modes and contents of any length, all owned by root", () => {
    const contents = ["", "a", "four", "five5", "x".repeat(1023)].map((text) => Buffer.from(text));
    const files = contents.map((content, i) => ({
      path: `d/f${"x".repeat(i)}`,
      mode: 0o600,
      content,
    }));
    const archive = cpioArchive([{ path: "d", mode: 0o755 }, ...files]);
    const read = readCpio(Buffer.concat([archive, cpioArchive(files)]));
    expect(read[0]).toMatchObject({ path: "d", mode: 0o040755, uid: 0 });
    const expected = files.map((file) => ({ ...file, mode: 0o100600, uid: 0 }));
    expect(read.slice(1)).toEqual([...expected, ...expected]);
  });
});

describe("the initrd", () => {
  it("is readable by its owner only and carries each node's key and nobody's private user key", async () => {
    const paths = labPaths(root);
    await ensureKeys(paths);
    fs.mkdirSync(paths.guest, { recursive: true });
    const base = path.join(root, "base");
    fs.writeFileSync(base, cpioArchive([{ path: "bin", mode: 0o755 }]));
    writeInitrd(paths, base);
    expect(fs.statSync(paths.initrd).mode & 0o777).toBe(0o600);
    const data = fs.readFileSync(paths.initrd);
    const entries = new Map(readCpio(data).map((entry) => [entry.path, entry]));
    for (const { name } of labNodes) {
      const key = entries.get(`lab/nodes/${name}/ssh_host_ed25519_key`);
      expect(key?.mode).toBe(0o100600);
      expect(key?.content).toEqual(fs.readFileSync(paths.hostKey(name)));
    }
    expect(entries.get("init")?.mode).toBe(0o100755);
    expect(entries.get("bin")).toBeDefined();
    const secret = fs.readFileSync(paths.sshKey, "utf8").split("\n")[2] ?? "";
    expect(secret.length).toBeGreaterThan(20);
    expect(data.includes(secret)).toBe(false);
  });

  it("gives scripts their x bit whatever else the checkout's umask did, and dropped files none", () => {
    fs.writeFileSync(path.join(root, "script"), "", { mode: 0o700 });
    fs.writeFileSync(path.join(root, "data"), "", { mode: 0o600 });
    const modes = treeEntries(root, "p").map((entry) => [entry.path, entry.mode.toString(8)]);
    expect(Object.fromEntries(modes)).toEqual({ p: "755", "p/script": "755", "p/data": "644" });
  });

  it("holds an executable init for the guest and for the nodes", () => {
    const modes = new Map(scriptEntries().map((entry) => [entry.path, entry.mode]));
    expect(modes.get("guestfs/init")).toBe(0o755);
    expect(modes.get("guestfs/usr/local/sbin/lab-node")).toBe(0o755);
    expect(modes.get("lab/rootfs/usr/local/lib/lab/node-init")).toBe(0o755);
    expect(scriptsHash()).toMatch(/^[0-9a-f]{16}$/);
    expect(imageHash()).toMatch(/^[0-9a-f]{16}$/);
  });
});

describe("keys and ssh_config", () => {
  it("makes keys once, for their owner only", async () => {
    const paths = labPaths(root);
    await ensureKeys(paths);
    const before = hostPublicKey(paths, "pve01");
    expect(before).toMatch(/^ssh-ed25519 AAAA\S+$/);
    fs.rmSync(`${paths.hostKey("pve02")}.pub`);
    await ensureKeys(paths);
    expect(hostPublicKey(paths, "pve01")).toBe(before);
    expect(hostPublicKey(paths, "pve02")).toMatch(/^ssh-ed25519 /);
    expect(fs.statSync(paths.secrets).mode & 0o777).toBe(0o700);
    for (const file of fs.readdirSync(paths.secrets)) {
      expect(fs.statSync(path.join(paths.secrets, file)).mode & 0o777).toBe(0o600);
    }
  });

  it("is a configuration in which OpenSSH checks each alias's own host key", async () => {
    const paths = labPaths(root);
    await ensureKeys(paths);
    writeSshConfig(paths, ports);
    for (const { name } of sshAliases) {
      const shown = await run("ssh", ["-G", "-F", paths.sshConfig, name], { timeoutMs: 10_000 });
      const lines = shown.stdout.split("\n");
      expect(lines).toEqual(expect.arrayContaining([`port ${ports[name]}`, "hostname 127.0.0.1"]));
      expect(lines).toContain(`hostkeyalias ${name}`);
      expect(lines).toContain("stricthostkeychecking true");
      expect(lines).toContain(`userknownhostsfile ${paths.knownHosts}`);
    }
    const known = await run("ssh-keygen", ["-F", "pve03", "-f", paths.knownHosts], {
      timeoutMs: 10_000,
    });
    expect(known.stdout).toContain(hostPublicKey(paths, "pve03"));
  });
});

describe("the nodes' interfaces", () => {
  it.each(labNodes)("of $name declare the addresses that the code knows", (node) => {
    const file = path.join(__dirname, "../../../lab/guest/nodes", node.name, "interfaces");
    const text = fs.readFileSync(file, "utf8");
    const addresses = [...text.matchAll(/^\taddress (\S+)$/gm)].map((match) => match[1]);
    expect(addresses).toEqual([
      `${node.loopback4}/32`,
      `${node.loopback6}/128`,
      `${node.management4}/24`,
      `${node.management6}/64`,
    ]);
    for (const name of node.mesh) expect(text).toContain(`iface ${name} inet manual\n\tmtu 9216\n`);
    expect(text).toMatch(/^source \/etc\/network\/interfaces\.d\/\*$/m);
  });
});

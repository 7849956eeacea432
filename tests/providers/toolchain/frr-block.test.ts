// A node's block under a real engine: the component with its probe and command, a real SSH server, and
// the real scripts in a folder of the server's own.
import * as fs from "node:fs";
import * as path from "node:path";
import { project } from "./engine";
import type { Project } from "./engine";
import { anotherHostKey, sshShell } from "./ssh-shell";
import type { SshShell } from "./ssh-shell";

jest.setTimeout(600_000);

const root = path.resolve(__dirname, "../../..");
const OWNER = "proxmox-evpn/lab";
const block = (...lines: string[]) =>
  [`! BEGIN proxmox-evpn ${OWNER}`, ...lines, `! END proxmox-evpn ${OWNER}`, ""].join("\n");
const FIRST = block("router bgp 65000", " neighbor MESH bfd", " neighbor MESH timers 3 9", "exit");
const SECOND = FIRST.replace("timers 3 9", "timers 1 3");

const nodes: SshShell[] = [];
let work: Project;

/** A node: FRR's folder in the server's own, with FRR's tools as far as the scripts ask for them. */
async function node(): Promise<SshShell> {
  const server = await sshShell(
    [],
    (command, directory) =>
      `PATH="$PWD/bin:$PATH"; ${command.replaceAll("/etc/frr", `${directory}/frr`)}`,
  );
  for (const folder of ["bin", "frr"]) fs.mkdirSync(path.join(server.directory, folder));
  for (const tool of ["vtysh", "chown"]) {
    fs.writeFileSync(path.join(server.directory, "bin", tool), "#!/bin/sh\n", { mode: 0o755 });
  }
  nodes.push(server);
  return server;
}

beforeEach(async () => {
  work = await project();
  // Dynamic providers are loaded from the program's own folder.
  for (const folder of [
    "components",
    "config",
    "contract",
    "plan",
    "providers",
    "pve-model",
    "templates",
    "verify",
  ]) {
    fs.symlinkSync(path.join(root, folder), path.join(work.directory, folder));
  }
});
afterEach(async () => {
  work.close();
  await Promise.all(nodes.splice(0).map((server) => server.close()));
});

const local = (server: SshShell) => path.join(server.directory, "frr", "frr.conf.local");
const text = (server: SshShell) => fs.readFileSync(local(server), "utf8");
/** What an apply would do. */
const merge = (server: SshShell) =>
  fs.copyFileSync(local(server), path.join(server.directory, "frr", "frr.conf"));

function program(server: SshShell, of: { block?: string; key?: string; hostKey?: string } = {}) {
  const key = path.join(work.directory, "key");
  fs.writeFileSync(key, of.key ?? server.privateKey, { mode: 0o600 });
  fs.writeFileSync(
    path.join(work.directory, "Pulumi.test.yaml"),
    `config: { test:ssh: { privateKeyFile: ${key} } }\n`,
  );
  const endpoint = {
    name: "pve01",
    host: "127.0.0.1",
    port: server.port,
    user: "root",
    hostKey: of.hostKey ?? server.hostKey,
  };
  work.program(`import * as fs from "node:fs";
    import * as pulumi from "@pulumi/pulumi";
    import { FrrBlock } from "./components/frr-block";
    new FrrBlock("pve01", {
      identity: { project: "proxmox-evpn", stack: "lab" },
      endpoint: ${JSON.stringify(endpoint)},
      block: ${JSON.stringify(of.block ?? FIRST)},
      privateKey: pulumi.secret(fs.readFileSync("key", "utf8")),
    });`);
}

async function succeed(...args: string[]): Promise<string> {
  const { code, output } = await work.pulumi(...args);
  if (code !== 0) throw new Error(output);
  return output;
}
const up = () => succeed("up", "--yes", "--skip-preview");
const refresh = () => succeed("refresh", "--yes", "--skip-preview");
const kinds = async () =>
  (await work.preview()).map(({ op, urn }) => `${op} ${urn.split("::").at(-1)}`);

test("a changed block is shown line by line, and ends installed", async () => {
  const server = await node();
  program(server);
  await up();
  expect(text(server)).toBe(FIRST);

  program(server, { block: SECOND });
  const diff = await succeed("preview", "--diff");
  expect(diff).toMatch(/^\s+- +neighbor MESH timers 3 9$/m);
  expect(diff).toMatch(/^\s+\+ +neighbor MESH timers 1 3$/m);
  expect(diff).not.toMatch(/create *:/);
  await up();
  expect(text(server)).toBe(SECOND);
  expect(await kinds()).toEqual([]);

  await succeed("destroy", "--yes", "--skip-preview");
  expect(fs.existsSync(local(server))).toBe(false);
});

test("a block that was edited or half merged is found by refresh and put back by up", async () => {
  const server = await node();
  program(server);
  await up();
  merge(server);

  const damages: [string, () => void][] = [
    ["is not the one that was installed", () => fs.writeFileSync(local(server), SECOND)],
    [
      "lacks `neighbor MESH bfd` in router bgp 65000",
      () =>
        fs.writeFileSync(
          path.join(server.directory, "frr", "frr.conf"),
          FIRST.replace(" neighbor MESH bfd\n", ""),
        ),
    ],
  ];
  let repairs = 0;
  for (const [what, damage] of damages) {
    damage();
    await refresh();
    // A preview contacts nobody and knows already what an update will do.
    const before = server.connections();
    expect(await kinds()).toEqual(["update pve01-probe", "update pve01-frr-conf-local"]);
    expect(server.connections()).toBe(before);
    expect(await up()).toContain(what);
    repairs += 1;
    expect(text(server)).toContain(FIRST);
    merge(server);
  }
  await refresh();
  expect(await kinds()).toEqual([]);
  const probe = (await work.allResources()).find(({ urn }) => urn.endsWith("::pve01-probe"));
  expect(probe?.outputs.repairs).toBe(repairs);
  expect(work.stateFile()).not.toContain("PRIVATE KEY");
});

test("a rotated key runs the same script again, which changes nothing", async () => {
  const server = await node();
  program(server);
  await up();
  const { ino } = fs.statSync(local(server));
  const commands = server.commands.length;
  program(server, { key: `${server.privateKey}\n` });
  expect(await kinds()).toEqual(["update pve01-frr-conf-local"]);
  await up();
  expect(server.commands.slice(commands)).toEqual([server.commands[0]]);
  expect(fs.statSync(local(server)).ino).toBe(ino);
});

test("a node that moved gets the block, and one of another host key gets nothing", async () => {
  const [first, second] = [await node(), await node()];
  program(first);
  await up();
  program(second, { hostKey: anotherHostKey() });
  const refused = await work.up();
  expect(refused.code).not.toBe(0);
  expect(refused.output).toContain("host key mismatch");
  expect(fs.existsSync(local(second))).toBe(false);
  program(second);
  await up();
  expect(text(second)).toBe(FIRST);
});

test("a node that cannot be reached breaks no preview, and a refresh keeps what was known", async () => {
  const server = await node();
  program(server);
  await up();
  fs.rmSync(local(server));
  await refresh();
  await server.close();
  nodes.splice(0);
  const said = await refresh();
  expect(said).toContain("could not look at the block");
  expect(await kinds()).toEqual(["update pve01-probe", "update pve01-frr-conf-local"]);
});

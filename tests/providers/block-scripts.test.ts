// The scripts that install and remove a node's block, run for real by sh in a folder of the test's own.
// `vtysh` and `chown` are stand-ins: the first refuses lines with `nonsense`, the second notes its call.
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { installScript, removeScript } from "../../plan/block-scripts";

const BEGIN = "! BEGIN proxmox-evpn proxmox-evpn/lab";
const END = "! END proxmox-evpn proxmox-evpn/lab";
const block = (...lines: string[]) => [BEGIN, ...lines, END, ""].join("\n");
const OURS = block("router bgp 65000", " neighbor MESH bfd", "exit");

const VTYSH = `#!/bin/sh
awk '/nonsense/ { print "line " NR ": % Unknown command[4]: " $0 >"/dev/stderr"; bad = 1 }
  END { exit bad ? 2 : 0 }' "$3"
`;

let home: string;
let folder: string;
const inFolder = (name: string) => path.join(folder, name);
const file = () => inFolder("frr.conf.local");

beforeEach(() => {
  home = fs.mkdtempSync(path.join(tmpdir(), "block-scripts-"));
  folder = path.join(home, "frr");
  fs.mkdirSync(folder);
  const bin = path.join(home, "bin");
  fs.mkdirSync(bin);
  fs.writeFileSync(path.join(bin, "vtysh"), VTYSH, { mode: 0o755 });
  const note = `#!/bin/sh\necho "$1 $(wc -c <"$2")" >>${home}/chowned\n`;
  fs.writeFileSync(path.join(bin, "chown"), note, { mode: 0o755 });
});
afterEach(() => fs.rmSync(home, { recursive: true, force: true }));

const place = () => ({
  identity: { project: "proxmox-evpn", stack: "lab" },
  node: "pve02",
  folder,
});

function run(script: string, stdin: string, before = "") {
  const { status, stdout, stderr } = spawnSync("sh", ["-c", before + script], {
    input: stdin,
    encoding: "utf8",
    env: { PATH: `${path.join(home, "bin")}:${process.env.PATH}` },
  });
  return { status, stdout: stdout.trim(), stderr };
}
const install = (text = OURS, before = "") => run(installScript(place()), text, before);
const remove = () => run(removeScript(place()), "");
const text = () => fs.readFileSync(file(), "utf8");
const put = (content: string) => fs.writeFileSync(file(), content);
const left = () => fs.readdirSync(folder).sort();

/** The old text stands, nothing else is left behind, and the message names the node. */
function expectRefused(result: ReturnType<typeof install>, old: string, why: RegExp) {
  expect(result.stderr).toMatch(/^pve02: .*frr\.conf\.local: .*the old text stays/m);
  expect(result.stderr).toMatch(why);
  expect(result.status).not.toBe(0);
  expect(text()).toBe(old);
  expect(left()).toEqual(["frr.conf.local"]);
}

describe("install", () => {
  it("puts the block into a new file, which is FRR's before anything stands in it", () => {
    expect(install()).toEqual({ status: 0, stdout: "installed", stderr: "" });
    expect(text()).toBe(OURS);
    expect(fs.statSync(file()).mode & 0o777).toBe(0o640);
    expect(fs.readFileSync(path.join(home, "chowned"), "utf8")).toBe("frr:frr 0\n");
    expect(left()).toEqual(["frr.conf.local"]);
  });

  it("changes nothing the second time, and keeps the text before a change", () => {
    install();
    const { ino } = fs.statSync(file());
    expect(install().stdout).toBe("unchanged");
    expect(fs.statSync(file()).ino).toBe(ino);
    expect(install(block("router bgp 65001")).stdout).toBe("installed");
    expect(fs.readFileSync(inFolder("frr.conf.local.before-proxmox-evpn"), "utf8")).toBe(OURS);
  });

  it("keeps lines of others where they are, before and behind it", () => {
    put("! mine\nip prefix-list A seq 5 permit any\r\n");
    install();
    expect(text()).toBe(`! mine\nip prefix-list A seq 5 permit any\r\n${OURS}`);
    fs.appendFileSync(file(), "ip prefix-list B seq 5 permit any");
    install(block("router bgp 65001"));
    expect(text()).toBe(
      `! mine\nip prefix-list A seq 5 permit any\r\n${block("router bgp 65001")}ip prefix-list B seq 5 permit any\n`,
    );
  });

  it("gives others' last line the newline that it lacks", () => {
    put("! mine");
    install();
    expect(text()).toBe(`! mine\n${OURS}`);
  });

  it("finds its own block again after an editor wrote carriage returns", () => {
    put(`! mine\r\n${OURS.replaceAll("\n", "\r\n")}`);
    install();
    expect(text()).toBe(`! mine\r\n${OURS}`);
  });

  it("refuses a line that FRR refuses, and names it as the block numbers its lines", () => {
    put("! mine\n! and mine\n");
    const result = install(block("router bgp 65000", " nonsense here"));
    expectRefused(
      result,
      "! mine\n! and mine\n",
      /line 3 of our block: % Unknown command\[4\]:  nonsense/,
    );
  });

  it("tells a line of others that FRR refuses from one of ours", () => {
    put("! mine\nnonsense\n");
    expectRefused(
      install(),
      "! mine\nnonsense\n",
      /line 2 of the file, which is not ours: % Unknown/,
    );
  });

  it.each([
    ["nothing", 0],
    ["its first line", BEGIN.length + 1],
    ["half a statement", BEGIN.length + 8],
    ["all but its last newline", OURS.length - 1],
    ["half of its last line", OURS.length - 6],
    ["all but its last line", OURS.length - END.length - 1],
  ])("refuses a block of which %s arrived", (_what, length) => {
    put("! mine\n");
    expectRefused(install(OURS.slice(0, length)), "! mine\n", /arrived incomplete \(\d+ bytes\)/);
  });

  it("refuses a block whose line ends were changed on the way", () => {
    put("! mine\n");
    expectRefused(install(OURS.replaceAll("\n", "\r\n")), "! mine\n", /arrived incomplete/);
  });

  it.each([
    [
      "another stack's block",
      "! BEGIN proxmox-evpn other/prod\n! END proxmox-evpn other/prod\n",
      /line 1 is of the block of another stack \(! BEGIN proxmox-evpn other\/prod\)/,
    ],
    [
      "a block without an end",
      `! a\n${BEGIN}\nrouter bgp 1\n`,
      /line 2 begins our block, which ends nowhere/,
    ],
    ["an end without a block", `! a\n${END}\n`, /line 2 ends our block, which begins nowhere/],
    ["two blocks", OURS + OURS, /line 6 begins our block a second time/],
    [
      "a block in a block",
      `${BEGIN}\n${OURS}`,
      /line 2 begins our block inside of itself \(it began in line 1\)/,
    ],
    [
      "another's marker within ours",
      `${BEGIN}\n! END proxmox-evpn other/prod\n${END}\n`,
      /line 2 is of the block of another stack/,
    ],
  ])("refuses %s, with the line", (_what, old, why) => {
    put(old);
    expectRefused(install(), old, why);
    if (old.includes(BEGIN) || old.includes(END)) expectRefused(remove(), old, why);
  });

  it("refuses a file system that takes no more, at every byte", () => {
    const old = "! mine\n".repeat(150);
    put(old);
    // Writes behind 1024 bytes fail, as they do on a full disk.
    const full = "trap '' XFSZ; ulimit -f 2\n";
    expectRefused(install(OURS, full), old, /cannot be written beside it/);
    const long = block(
      ...Array.from({ length: 80 }, (_each, n) => ` neighbor N${n} remote-as internal`),
    );
    expectRefused(install(long, full), old, /cannot be written beside it/);
  });

  it("refuses a symbolic link, and a node without FRR's tools or folder", () => {
    fs.writeFileSync(path.join(home, "elsewhere"), "! mine\n");
    fs.symlinkSync(path.join(home, "elsewhere"), file());
    expect(install().stderr).toContain("is a symbolic link");
    expect(fs.lstatSync(file()).isSymbolicLink()).toBe(true);
    fs.rmSync(path.join(home, "bin", "vtysh"));
    expect(install().stderr).toContain("there is no vtysh");
    fs.rmSync(folder, { recursive: true });
    fs.writeFileSync(path.join(home, "bin", "vtysh"), VTYSH, { mode: 0o755 });
    expect(install().stderr).toContain("nothing can be written beside it");
  });

  it("takes away what a killed run left an hour ago, and nothing younger", () => {
    for (const name of [".frr.conf.local.old", ".frr.conf.local.new"])
      fs.writeFileSync(inFolder(name), "");
    const hours = new Date(Date.now() - 2 * 3600_000);
    fs.utimesSync(inFolder(".frr.conf.local.old"), hours, hours);
    install();
    expect(left()).toEqual([".frr.conf.local.new", "frr.conf.local"]);
  });

  it("ends and cleans up when its connection goes", () => {
    put("! mine\n");
    const hangup = `(sleep 0.3; kill -HUP $$) &\n`;
    const result = run(installScript(place()).replace('cat >"$block"', "sleep 1"), "", hangup);
    expect(result.status).not.toBe(0);
    expect(left()).toEqual(["frr.conf.local"]);
  });
});

describe("remove", () => {
  it("takes the file away that held our block alone, with the text kept beside it", () => {
    install();
    install(block("router bgp 65001"));
    expect(remove()).toEqual({ status: 0, stdout: "", stderr: "" });
    expect(left()).toEqual([]);
    expect(remove().status).toBe(0);
  });

  it.each(["! mine\n", "! mine\r\nip prefix-list A seq 5 permit any\n", "\n\n"])(
    "leaves the file as it was before: %j",
    (old) => {
      put(old);
      install();
      expect(text()).not.toBe(old);
      expect(remove().status).toBe(0);
      expect(text()).toBe(old);
      expect(left()).toEqual(["frr.conf.local"]);
    },
  );

  it("leaves another stack's block alone, beside ours and without it", () => {
    const theirs = OURS.replaceAll("lab", "prod");
    put(OURS + theirs);
    expect(remove().status).toBe(0);
    expect(text()).toBe(theirs);
    expect(remove().status).toBe(0);
    expect(text()).toBe(theirs);
  });

  it("changes nothing where our block is not", () => {
    put("! mine");
    expect(remove().status).toBe(0);
    expect(text()).toBe("! mine");
  });
});

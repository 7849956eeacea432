import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { beside, installedPlugin, onPath, userPulumiHome } from "../../../../lab/toolchain/find";

let directory: string;
beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), "find-"))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

function file(name: string, mode = 0o755): string {
  const full = path.join(directory, name);
  mkdirSync(path.dirname(full), { recursive: true });
  writeFileSync(full, "", { mode });
  return full;
}

test("PATH is searched in order, past directories of our own and files that cannot be run", () => {
  const own = file("own/pulumi");
  file("plain/pulumi", 0o644);
  const real = file("real/pulumi");
  file("later/pulumi");
  const searched = ["own", "plain", "missing", "real", "later"]
    .map((name) => path.join(directory, name))
    .join(path.delimiter);
  expect(onPath("pulumi", [path.dirname(own)], searched)).toBe(real);
  expect(onPath("pulumi", [], searched)).toBe(own);
  expect(onPath("nothing", [], searched)).toBeUndefined();
});

test("beside a program means beside the file that a link leads to", () => {
  const program = file("cellar/pulumi");
  const host = file("cellar/pulumi-language-nodejs");
  const link = path.join(directory, "pulumi");
  symlinkSync(program, link);
  expect(beside(link, "pulumi-language-nodejs")).toBe(host);
  expect(beside(link, "pulumi-language-go")).toBeUndefined();
});

test("a plugin counts in its exact version and when its installation has ended", () => {
  const program = file("plugins/resource-command-v1.2.1/pulumi-resource-command");
  expect(installedPlugin(directory, "command", "1.2.1")).toBe(program);
  expect(installedPlugin(directory, "command", "1.2.2")).toBeUndefined();
  file("plugins/resource-command-v1.2.1.partial");
  expect(installedPlugin(directory, "command", "1.2.1")).toBeUndefined();
});

test("the user's Pulumi home is never the lab's own", () => {
  expect(userPulumiHome("/lab/home", { PULUMI_HOME: "/mine" })).toBe("/mine");
  expect(userPulumiHome("/lab/home", { PULUMI_HOME: "/lab/home" })).toMatch(/\/\.pulumi$/);
});

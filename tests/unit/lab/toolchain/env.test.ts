import * as fs from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { labEnvironment } from "../../../../lab/toolchain/env";

let root: string;
beforeEach(() => {
  root = fs.mkdtempSync(path.join(tmpdir(), "env-"));
  fs.mkdirSync(path.join(root, ".lab"));
});
afterEach(() => fs.rmSync(root, { recursive: true, force: true }));

test("names files and directories that exist, secrets readable by their owner alone", () => {
  const environment = labEnvironment(root);
  const passphrase = environment.PULUMI_CONFIG_PASSPHRASE_FILE ?? "";
  expect(fs.statSync(passphrase).mode & 0o777).toBe(0o600);
  expect(fs.statSync(path.dirname(passphrase)).mode & 0o777).toBe(0o700);
  expect(fs.readFileSync(passphrase, "utf8").trim()).toHaveLength(32);
  expect(
    fs.statSync((environment.PULUMI_BACKEND_URL ?? "").replace("file://", "")).isDirectory(),
  ).toBe(true);
  expect(environment.PATH?.split(path.delimiter)[0]).toBe(path.join(root, ".lab/bin"));
});

test("a second call changes nothing, and its PATH does not grow", () => {
  const first = labEnvironment(root);
  const passphrase = fs.readFileSync(first.PULUMI_CONFIG_PASSPHRASE_FILE ?? "", "utf8");
  const before = process.env.PATH;
  process.env.PATH = first.PATH;
  try {
    expect(labEnvironment(root)).toEqual(first);
  } finally {
    process.env.PATH = before;
  }
  expect(fs.readFileSync(first.PULUMI_CONFIG_PASSPHRASE_FILE ?? "", "utf8")).toBe(passphrase);
});

test("the bundle of authorities carries the lab's CA beside the system's", () => {
  const bundle = () => fs.readFileSync(labEnvironment(root).SSL_CERT_FILE ?? "", "utf8");
  const system = bundle();
  fs.writeFileSync(path.join(root, ".lab/ca.pem"), "LAB CA\n");
  expect(bundle()).toBe(`${system.trim() ? `${system.trimEnd()}\n` : ""}LAB CA\n`);
});

test("plugins are fetched by nobody while stand-ins are in use", () => {
  const record = (origin: string) =>
    fs.writeFileSync(
      path.join(root, ".lab/toolchain.json"),
      JSON.stringify({ tools: [{ binary: "pulumi", origin, path: "/x" }] }),
    );
  const key = "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION";
  expect(labEnvironment(root)).toHaveProperty(key, "true");
  record("stand-in");
  expect(labEnvironment(root)).toHaveProperty(key, "true");
  record("installed");
  expect(labEnvironment(root)).not.toHaveProperty(key);
});

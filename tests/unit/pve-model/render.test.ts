import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { vector, vectorFile } from "./vector-files";

const ROOT = path.join(__dirname, "..", "..", "..");

// Each test starts a process of its own, on machines that may be busy.
jest.setTimeout(60_000);

const render = (...args: string[]) =>
  spawnSync(process.execPath, ["--import", "tsx", path.join(ROOT, "lab", "render.ts"), ...args], {
    cwd: ROOT,
    encoding: "utf8",
    env: { ...process.env, INIT_CWD: ROOT },
  });

describe("lab:render", () => {
  let folder: string;
  beforeAll(() => (folder = fs.mkdtempSync(path.join(os.tmpdir(), "render-"))));
  afterAll(() => fs.rmSync(folder, { recursive: true }));

  const write = (name: string, content: string) => {
    const file = path.join(folder, name);
    fs.writeFileSync(file, content);
    return file;
  };

  it("prints one JSON object with the files of a vector", () => {
    const { status, stdout, stderr } = render(vectorFile("dual-stack", "9.1", "pve02"));
    const { expected } = vector("dual-stack", "9.1", "pve02");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).toEqual({
      frr_conf: expected.frr_conf,
      frr_error: null,
      interfaces_d_sdn: expected.interfaces_d_sdn,
    });
  });

  it("takes a file without expectations and without frr_conf_local, and tells PVE's error", () => {
    const recorded = JSON.parse(fs.readFileSync(vectorFile("seed-ipv6-peers", "9.1"), "utf8"));
    delete recorded.expected;
    delete recorded.input.frr_conf_local;
    const { status, stdout } = render(write("bare.json", JSON.stringify(recorded)));
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      frr_conf: null,
      frr_error: "can't autofind a router-id value from ip or mac",
    });
  });

  it.each<[string, () => string[], RegExp]>([
    ["a missing file", () => ["nowhere.json"], /^nowhere\.json: there is no such file/],
    ["bad JSON", () => [write("bad.json", "{")], /bad\.json: not valid JSON/],
    [
      "an unknown version",
      () => [write("v.json", '{"pve":"7.4"}')],
      /"pve" is "7\.4"; known are 8\.4, 9\.1, 9\.2-pre/,
    ],
    ["no version", () => [write("n.json", "{}")], /"pve" is missing/],
    ["no input", () => [write("i.json", '{"pve":"9.1"}')], /"input" must be an object/],
    ["no argument", () => [], /^usage: /],
  ])("answers %s with one line and exit code 1", (_, args, message) => {
    const { status, stdout, stderr } = render(...args());
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });
});

import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { labPaths } from "../../lab/paths";
import { silentProgress, type Progress } from "../../lab/progress";
import { pveStatus, startPve, stopPve } from "../../lab/pve/standin";

/** Starting and stopping, in a checkout of its own whose nodes do not run. */

const root = fs.mkdtempSync(path.join(os.tmpdir(), "lab-pve-start-"));
const paths = labPaths(root);

afterAll(async () => {
  await stopPve(silentProgress, paths);
  fs.rmSync(root, { recursive: true });
});

const mode = (file: string) => (fs.statSync(file).mode & 0o777).toString(8);

test("starts, is left alone while it runs well, and keeps its places over a restart", async () => {
  expect(await pveStatus(paths)).toEqual({ running: false, healthy: false, version: "9.1" });
  const notes: string[] = [];
  const progress: Progress = { ...silentProgress, note: (text) => void notes.push(text) };
  await startPve(progress, paths);
  const first = await pveStatus(paths);
  expect(first).toMatchObject({ running: true, healthy: true, version: "9.1" });
  expect(notes.filter((note) => /has no key for its pvesh yet/.test(note))).toHaveLength(3);

  await startPve(silentProgress, paths);
  expect((await pveStatus(paths)).pid).toBe(first.pid);

  process.kill(first.pid ?? 0, "SIGKILL");
  const token = fs.readFileSync(path.join(paths.secrets, "api-token"), "utf8");
  const ca = fs.readFileSync(path.join(paths.lab, "ca.pem"), "utf8");
  await startPve(silentProgress, paths);
  const second = await pveStatus(paths);
  expect(second).toMatchObject({ healthy: true });
  expect(second.pid).not.toBe(first.pid);
  expect(fs.readFileSync(path.join(paths.secrets, "api-token"), "utf8")).toBe(token);
  expect(fs.readFileSync(path.join(paths.lab, "ca.pem"), "utf8")).toBe(ca);
}, 120_000);

test("plays another version when asked to", async () => {
  await startPve(silentProgress, paths, "8.4");
  expect(await pveStatus(paths)).toMatchObject({ healthy: true, version: "8.4" });
}, 120_000);

test("secrets are the owner's alone, and stand in no argument", async () => {
  for (const file of ["api-token", "pvesh-key", "ca.key", "pve-api.key"]) {
    expect(mode(path.join(paths.secrets, file))).toBe("600");
  }
  expect(mode(paths.secrets)).toBe("700");
  const { pid } = await pveStatus(paths);
  const argv = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8");
  const token = fs.readFileSync(path.join(paths.secrets, "api-token"), "utf8").trim();
  expect(argv).not.toContain(token);
});

test("stopped, nothing is left running; stopping again does nothing", async () => {
  const { pid } = await pveStatus(paths);
  await stopPve(silentProgress, paths);
  expect(fs.existsSync(`/proc/${pid}`)).toBe(false);
  await stopPve(silentProgress, paths);
  expect(await pveStatus(paths)).toEqual({ running: false, healthy: false, version: "8.4" });
});

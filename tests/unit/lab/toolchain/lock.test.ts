import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { withLock } from "../../../../lab/toolchain/lock";

let directory: string;
beforeEach(() => (directory = mkdtempSync(path.join(tmpdir(), "lock-"))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

test("one after the other, and the lock is let go of after a failure", async () => {
  const file = path.join(directory, "lock");
  let inside = 0;
  const work = async () => {
    expect(++inside).toBe(1);
    await new Promise((resolve) => setImmediate(resolve));
    inside--;
  };
  await Promise.all([withLock(file, work), withLock(file, work)]);
  await expect(withLock(file, () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(existsSync(file)).toBe(false);
});

test("a lock whose process has ended does not hold", async () => {
  const file = path.join(directory, "lock");
  const { pid } = spawnSync("true");
  writeFileSync(file, String(pid));
  expect(await withLock(file, () => Promise.resolve("done"))).toBe("done");
});

test("a lock that nobody touches any more does not hold, whoever has its number now", async () => {
  const file = path.join(directory, "lock");
  writeFileSync(file, String(process.pid));
  const long = new Date(Date.now() - 60_000);
  utimesSync(file, long, long);
  expect(await withLock(file, () => Promise.resolve("done"))).toBe("done");
});

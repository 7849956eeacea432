import { ChildProcess, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const orphan = path.join(__dirname, "..", "..", "providers", "orphan.cjs");

let folder: string;
let engine: ChildProcess;
let provider: number;

const lives = (pid: number) => fs.existsSync(`/proc/${pid}`);

async function until(condition: () => boolean, seconds: number): Promise<boolean> {
  for (const end = Date.now() + seconds * 1000; Date.now() < end; await sleep(100)) {
    if (condition()) return true;
  }
  return false;
}

/** Engine, launcher and provider, each the parent of the next as in Pulumi; the provider has `calls` running. */
async function start(calls: number): Promise<void> {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "orphan-"));
  const file = (name: string) => path.join(folder, name);
  fs.writeFileSync(
    file("provider.cjs"),
    `let calls = ${calls};
     require(${JSON.stringify(orphan)}).endWithEngine(() => calls);
     process.on("SIGUSR2", () => (calls = 0));
     setInterval(() => undefined, 1000);
     require("node:fs").writeFileSync(${JSON.stringify(file("pid"))}, String(process.pid));`,
  );
  fs.writeFileSync(
    file("launcher.sh"),
    `"${process.execPath}" "${file("provider.cjs")}"\nexit $?\n`,
  );
  fs.writeFileSync(file("engine.sh"), `sh "${file("launcher.sh")}"\nexit $?\n`);
  engine = spawn("sh", [file("engine.sh")], { stdio: "ignore" });
  const pid = () => (fs.existsSync(file("pid")) ? Number(fs.readFileSync(file("pid"), "utf8")) : 0);
  expect(await until(() => pid() > 0, 30)).toBe(true);
  provider = pid();
}

afterEach(() => {
  if (lives(provider)) process.kill(provider, "SIGKILL");
  engine.kill("SIGKILL");
  fs.rmSync(folder, { recursive: true });
});

it("ends when its engine was killed, and not before its call ended", async () => {
  await start(1);
  engine.kill("SIGKILL");
  expect(await until(() => !lives(provider), 5)).toBe(false);
  process.kill(provider, "SIGUSR2");
  expect(await until(() => !lives(provider), 30)).toBe(true);
});

it("stays while its engine lives", async () => {
  await start(0);
  expect(await until(() => !lives(provider), 5)).toBe(false);
});

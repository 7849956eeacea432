import { open, readFile, rm, stat, utimes } from "node:fs/promises";

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

/** A living owner touches its file each second, so that a reused process number holds nothing. */
const touchMs = 1_000;
const staleMs = 30_000;

async function abandoned(file: string): Promise<boolean> {
  try {
    const owner = Number(await readFile(file, "utf8"));
    // An empty file belongs to a process that is just about to write its number.
    return (owner > 0 && !alive(owner)) || Date.now() - (await stat(file)).mtimeMs > staleMs;
  } catch {
    return false; // let go of just now
  }
}

/**
 * Runs `work` while no other process does so under the same lock file. A file whose process has
 * ended counts for nothing, so that an interrupted run never blocks the next one.
 */
export async function withLock<T>(file: string, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      const handle = await open(file, "wx");
      await handle.writeFile(String(process.pid));
      await handle.close();
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
    if (await abandoned(file)) await rm(file, { force: true });
    else await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const timer = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => undefined);
  }, touchMs);
  timer.unref();
  try {
    return await work();
  } finally {
    clearInterval(timer);
    await rm(file, { force: true });
  }
}

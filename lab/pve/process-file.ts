import * as fs from "node:fs";

/**
 * The pid in `file`, if it is that of a living process whose arguments contain all of `words`:
 * a pid file can outlive its process, and the number can then belong to anybody.
 */
export function livingPid(file: string, words: readonly string[]): number | undefined {
  try {
    const pid = Number(fs.readFileSync(file, "utf8").trim());
    if (!Number.isInteger(pid) || pid < 2) return undefined;
    const argv = fs.readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
    return words.every((word) => argv.includes(word)) ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Writes a text file as a whole; an interruption leaves the old file or the new one. */
export function writeWhole(file: string, text: string, mode: number): void {
  const temporary = `${file}.${process.pid}`;
  fs.writeFileSync(temporary, text, { mode });
  fs.chmodSync(temporary, mode);
  fs.renameSync(temporary, file);
}

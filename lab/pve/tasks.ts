import * as fs from "node:fs";
import * as path from "node:path";
import { parseUpid, upidText, type Upid } from "./upid";

/** What a worker writes to its task's log. */
export interface TaskLog {
  line(text: string): void;
  /** A line `WARN: …` that makes the task end with `WARNINGS: n`. */
  warning(text: string): void;
}

/** A task that was started; `done` is settled when it ended, however it ended. */
export interface StartedTask {
  upid: string;
  done: Promise<void>;
}

/** Answer of GET /nodes/N/tasks/UPID/status. */
export interface TaskStatus extends Upid {
  upid: string;
  status: "running" | "stopped";
  /** `OK`, `WARNINGS: n`, the error's text, or `unexpected status` of a worker that was killed. */
  exitstatus?: string;
}

/** A row of the task lists. */
export interface TaskRow extends Upid {
  upid: string;
  endtime?: number;
  status?: string;
}

const keptTasks = 1000;

/**
 * Tasks of all nodes, one log file each, named by its UPID. As in PVE a task's end is the last
 * line of its log (`TASK OK`, `TASK WARNINGS: n`, `TASK ERROR: text`), so a worker that was killed
 * is found as stopped with `unexpected status` and nothing has to be repaired.
 */
export class Tasks {
  private readonly running = new Set<string>();
  private lastPid = 1000 + Math.floor(Math.random() * 30000);

  constructor(private readonly directory: string) {
    fs.mkdirSync(directory, { recursive: true });
    for (const { upid } of this.list().slice(keptTasks)) fs.rmSync(this.file(upid));
  }

  /**
   * Starts a worker. `follow` receives each line of the log as it is written, as a `pvesh` in the
   * foreground prints them: without a good end's last line, and an error without its `TASK ERROR`.
   */
  start(
    task: Pick<Upid, "node" | "type" | "id" | "user">,
    work: (log: TaskLog) => Promise<void>,
    follow: (line: string) => void = () => undefined,
  ): StartedTask {
    const starttime = Math.floor(Date.now() / 1000);
    const pstart = Math.floor(process.uptime() * 100);
    const upid = upidText({ ...task, pid: ++this.lastPid, pstart, starttime });
    const write = (text: string) => {
      fs.appendFileSync(this.file(upid), `${text}\n`);
      const error = /^TASK ERROR: (.*)$/.exec(text)?.[1];
      if (error !== undefined || !text.startsWith("TASK ")) follow(error ?? text);
    };
    fs.writeFileSync(this.file(upid), "", { flag: "wx" });
    this.running.add(upid);
    return { upid, done: this.carryOut(upid, work, write) };
  }

  private async carryOut(
    upid: string,
    work: (log: TaskLog) => Promise<void>,
    write: (text: string) => void,
  ): Promise<void> {
    let warnings = 0;
    let end: string;
    try {
      await work({
        line: write,
        warning: (text) => {
          warnings += 1;
          write(`WARN: ${text}`);
        },
      });
      end = warnings > 0 ? `TASK WARNINGS: ${warnings}` : "TASK OK";
    } catch (error) {
      end = `TASK ERROR: ${oneLine((error as Error).message)}`;
    }
    try {
      write(end);
    } finally {
      this.running.delete(upid);
    }
  }

  /** Undefined when there is no such task. */
  status(upid: string): TaskStatus | undefined {
    const parts = parseUpid(upid);
    const lines = parts && this.lines(upid);
    if (!lines) return undefined;
    if (this.running.has(upid)) return { ...parts, upid, status: "running" };
    return { ...parts, upid, status: "stopped", exitstatus: endOf(lines) };
  }

  /** Lines of a task's log, or undefined when there is no such task. */
  lines(upid: string): string[] | undefined {
    if (!parseUpid(upid)) return undefined;
    try {
      return fs.readFileSync(this.file(upid), "utf8").split("\n").slice(0, -1);
    } catch {
      return undefined;
    }
  }

  /** All tasks, the newest first. */
  list(): TaskRow[] {
    const rows = fs.readdirSync(this.directory).flatMap((upid) => this.row(upid) ?? []);
    return rows.sort((a, b) => b.starttime - a.starttime || b.pid - a.pid);
  }

  private row(upid: string): TaskRow | undefined {
    const parts = parseUpid(upid);
    if (!parts) return undefined;
    if (this.running.has(upid)) return { ...parts, upid };
    const endtime = Math.floor(fs.statSync(this.file(upid)).mtimeMs / 1000);
    return { ...parts, upid, endtime, status: endOf(this.lines(upid) ?? []) };
  }

  private file(upid: string): string {
    return path.join(this.directory, upid);
  }
}

function endOf(lines: readonly string[]): string {
  const end = /^TASK (OK|WARNINGS: \d+|ERROR: .*)$/.exec(lines.at(-1) ?? "")?.[1];
  return end?.replace(/^ERROR: /, "") ?? "unexpected status";
}

function oneLine(text: string): string {
  return text.trim().replace(/\s*\n\s*/g, " ");
}

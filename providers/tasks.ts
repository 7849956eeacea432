import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { Pvesh } from "./pvesh";

/** Milliseconds between two looks at a task; PVE's own tools look once a second. */
const POLL_MS = 1000;
/** More lines than an apply writes on a node. */
const LOG_LIMIT = 1000;

const statusSchema = z.looseObject({ status: z.string(), exitstatus: z.string().optional() });
const logSchema = z.array(z.looseObject({ t: z.string() }));
const listSchema = z.array(
  z.looseObject({ upid: z.string(), type: z.string(), starttime: z.coerce.number() }),
);

/** UPID:NODE:PID:PSTART:STARTTIME:TYPE:ID:USER: with the numbers in hexadecimal. */
export function nodeOfUpid(upid: string): string {
  return upid.split(":")[1] ?? "";
}

/** Seconds since the epoch, by the node's own clock. */
export function startOfUpid(upid: string): number {
  return Number.parseInt(upid.split(":")[4] ?? "", 16);
}

/**
 * Waits for a task's end.
 * @param deadline milliseconds since the epoch
 * @returns its exit status: `OK`, `WARNINGS: n` or an error's text; undefined at the deadline
 */
export async function waitForTask(
  pvesh: Pvesh,
  upid: string,
  deadline: number,
): Promise<string | undefined> {
  for (;;) {
    const path = `/nodes/${nodeOfUpid(upid)}/tasks/${upid}/status`;
    const { status, exitstatus } = statusSchema.parse(await pvesh.get(path));
    if (status === "stopped") return exitstatus ?? "no exit status";
    if (Date.now() >= deadline) return undefined;
    await sleep(POLL_MS);
  }
}

export async function taskLog(pvesh: Pvesh, upid: string): Promise<string[]> {
  const path = `/nodes/${nodeOfUpid(upid)}/tasks/${upid}/log`;
  return logSchema.parse(await pvesh.get(path, { limit: LOG_LIMIT })).map((line) => line.t);
}

/** The newest task of a type on a node that began at or after a time (seconds since the epoch). */
export async function taskSince(
  pvesh: Pvesh,
  node: string,
  type: string,
  since: number,
): Promise<string | undefined> {
  const tasks = listSchema.parse(
    await pvesh.get(`/nodes/${node}/tasks`, { typefilter: type, since, source: "all" }),
  );
  const matching = tasks.filter((task) => task.type === type && task.starttime >= since);
  return matching.sort((a, b) => b.starttime - a.starttime)[0]?.upid;
}

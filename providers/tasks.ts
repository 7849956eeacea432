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
    const { status, exitstatus } = await pvesh.read(path, statusSchema);
    if (status === "stopped") return exitstatus ?? "no exit status";
    if (Date.now() >= deadline) return undefined;
    await sleep(POLL_MS);
  }
}

export async function taskLog(pvesh: Pvesh, upid: string): Promise<string[]> {
  const path = `/nodes/${nodeOfUpid(upid)}/tasks/${upid}/log`;
  return (await pvesh.read(path, logSchema, { limit: LOG_LIMIT })).map((line) => line.t);
}

/** Newest first, as PVE lists them; more than an apply and its neighbours begin. */
const LISTED = 50;

/** The newest tasks of a type on a node, running ones too. */
export async function tasksOf(
  pvesh: Pvesh,
  node: string,
  type: string,
): Promise<{ upid: string; starttime: number }[]> {
  const params = { typefilter: type, source: "all", limit: LISTED };
  const tasks = await pvesh.read(`/nodes/${node}/tasks`, listSchema, params);
  return tasks.filter((task) => task.type === type);
}

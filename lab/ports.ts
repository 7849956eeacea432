import * as fs from "node:fs";
import * as net from "node:net";
import * as path from "node:path";
import type { LabPaths } from "./paths";

/**
 * The lab's TCP ports on 127.0.0.1: SSH of each node and of the guest's own root namespace (`lab`),
 * the PVE stand-in's HTTPS API, and the stand-in's port for the nodes' `pvesh`.
 */
export const portNames = ["pve01", "pve02", "pve03", "lab", "pveApi", "pvesh"] as const;
export type PortName = (typeof portNames)[number];
export type LabPorts = Record<PortName, number>;

/** The ports as `.lab/lab.json` has them, or undefined when none were chosen yet. */
export function readPorts(paths: LabPaths): LabPorts | undefined {
  const ports = readLabJson(paths).ports;
  if (typeof ports !== "object" || ports === null) return undefined;
  const known = ports as Record<string, unknown>;
  return portNames.every((name) => Number.isInteger(known[name])) ? (known as LabPorts) : undefined;
}

/**
 * All ports, with those named in `wanted` free at this moment: one that something else listens on
 * is chosen anew and `.lab/lab.json` is rewritten. Name only ports that you are about to listen on;
 * the others keep their number, since their owner may be running.
 */
export async function claimPorts(
  paths: LabPaths,
  wanted: readonly PortName[],
): Promise<{ ports: LabPorts; changed: PortName[] }> {
  const before = readPorts(paths);
  const ports: Partial<LabPorts> = { ...before };
  const changed: PortName[] = [];
  for (const name of portNames) {
    const port = ports[name];
    if (port !== undefined && (!wanted.includes(name) || (await isFree(port)))) continue;
    ports[name] = await freePort(Object.values(ports));
    changed.push(name);
  }
  const complete = ports as LabPorts;
  if (changed.length > 0) writeLabJson(paths, { ...readLabJson(paths), ports: complete });
  return { ports: complete, changed };
}

/** Whether nothing listens on 127.0.0.1:`port`. */
export async function isFree(port: number): Promise<boolean> {
  try {
    await listenOnce(port);
    return true;
  } catch {
    return false;
  }
}

async function freePort(taken: number[]): Promise<number> {
  for (;;) {
    const port = await listenOnce(0);
    if (!taken.includes(port)) return port;
  }
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once("error", reject);
    server.listen({ port, host: "127.0.0.1", exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : port));
    });
  });
}

function readLabJson(paths: LabPaths): Record<string, unknown> {
  let text: string;
  try {
    text = fs.readFileSync(paths.labJson, "utf8");
  } catch {
    return {};
  }
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new Error(
      `${paths.labJson} is not JSON. Delete it: the lab then chooses its ports anew (stop the lab first).`,
    );
  }
}

// By rename, so that an interrupted write leaves the old file.
function writeLabJson(paths: LabPaths, content: Record<string, unknown>): void {
  fs.mkdirSync(path.dirname(paths.labJson), { recursive: true });
  const temporary = `${paths.labJson}.${process.pid}`;
  fs.writeFileSync(temporary, `${JSON.stringify(content, null, 2)}\n`);
  fs.renameSync(temporary, paths.labJson);
}

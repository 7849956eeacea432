// `.lab/toolchain.json`: what was found or made, and what was tried in vain.
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import type { Layout } from "./layout";

/** Where a binary comes from. A stand-in is this project's own replacement. */
export type Origin =
  "installed" | "downloaded" | "built from its Go module" | "from npm" | "stand-in";

export interface Tool {
  binary: string;
  origin: Origin;
  path: string;
}

interface ToolchainRecord {
  tools: Tool[];
  /** By host: when a download from it was last found impossible (ISO 8601). */
  unreachable: Record<string, string>;
}

const empty: ToolchainRecord = { tools: [], unreachable: {} };

function parse(text: string): ToolchainRecord {
  return { ...empty, ...(JSON.parse(text) as Partial<ToolchainRecord>) };
}

async function change(layout: Layout, part: Partial<ToolchainRecord>): Promise<void> {
  await mkdir(layout.lab, { recursive: true });
  const partial = `${layout.record}.${process.pid}.partial`;
  const record = { ...(await readRecord(layout)), ...part };
  await writeFile(partial, `${JSON.stringify(record, null, 2)}\n`);
  await rename(partial, layout.record);
}

/** The record, empty when there is none or it cannot be read (it is only a memory). */
export async function readRecord(layout: Layout): Promise<ToolchainRecord> {
  try {
    return parse(await readFile(layout.record, "utf8"));
  } catch {
    return empty;
  }
}

export function writeTools(layout: Layout, tools: Tool[]): Promise<void> {
  return change(layout, { tools });
}

/** Remembers that nothing can be downloaded from `host`. */
export async function rememberUnreachable(layout: Layout, host: string): Promise<void> {
  const { unreachable } = await readRecord(layout);
  await change(layout, { unreachable: { ...unreachable, [host]: new Date().toISOString() } });
}

/** Whether the last `ensureToolchain` put a stand-in in place; true before the first. */
export function usesStandIns(layout: Layout): boolean {
  try {
    const { tools } = parse(readFileSync(layout.record, "utf8"));
    return tools.length === 0 || tools.some(({ origin }) => origin === "stand-in");
  } catch {
    return true;
  }
}

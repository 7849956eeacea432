import type { Layout } from "./layout";
import { readRecord, rememberUnreachable } from "./record";

const probeTimeout = 4_000;
/** For how long a "no" is believed, in milliseconds: a laptop may be online tomorrow. */
const memory = 24 * 3600 * 1000;

/** Whether the host of `url` answers at all; a "no" is remembered, so that it costs time once. */
export async function reachable(layout: Layout, url: string): Promise<boolean> {
  const { host } = new URL(url);
  const { unreachable } = await readRecord(layout);
  if (Date.now() - Date.parse(unreachable[host] ?? "") < memory) return false;
  try {
    // Any answer will do: it is the way there that a closed machine doesn't have.
    await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(probeTimeout) });
    return true;
  } catch {
    await rememberUnreachable(layout, host);
    return false;
  }
}

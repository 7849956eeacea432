import { setTimeout as sleep } from "node:timers/promises";
import type { NodeEndpoint } from "../plan/types";
import { connect, ExecOptions, ExecResult, SshError, SshSession, SshSettings } from "./ssh";

/** Milliseconds between two tries to connect again, and for how long a node may be away. */
const PAUSE_MS = 2000;
const AWAY_MS = 30_000;

/**
 * A connection that is made again where it was lost. Only commands marked `repeatable` run again: a
 * lost connection does not tell whether a writing command was carried out.
 */
class RepeatingSession implements SshSession {
  private current: Promise<SshSession> | undefined;

  constructor(
    private readonly endpoint: NodeEndpoint,
    private readonly settings: SshSettings,
    first: SshSession,
  ) {
    this.current = Promise.resolve(first);
  }

  get node(): string {
    return this.endpoint.name;
  }

  async exec(command: string, options: ExecOptions = {}): Promise<ExecResult> {
    const giveUp = Date.now() + AWAY_MS;
    for (;;) {
      const used = (this.current ??= connect(this.endpoint, this.settings));
      try {
        return await (await used).exec(command, options);
      } catch (error) {
        if (!(error instanceof SshError && error.connectionLost)) throw error;
        // Commands that run side by side lose one connection together, and make one new one.
        if (this.current === used) this.current = undefined;
        if (!options.repeatable || Date.now() + PAUSE_MS > giveUp) throw error;
        await sleep(PAUSE_MS);
      }
    }
  }

  close(): void {
    this.current?.then(
      (session) => session.close(),
      () => undefined,
    );
  }
}

/** Runs `work` on a connection of its own that is made again where it was lost, and closes it. */
export async function withRepeatingSession<T>(
  endpoint: NodeEndpoint,
  settings: SshSettings,
  work: (session: SshSession) => Promise<T>,
): Promise<T> {
  const session = new RepeatingSession(endpoint, settings, await connect(endpoint, settings));
  try {
    return await work(session);
  } finally {
    session.close();
  }
}

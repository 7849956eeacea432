/** Where the lab tells what it is doing: one line per finished step, with its seconds. */
export interface Progress {
  /** Runs `work` as a named step; its line appears when it ended, well or not. */
  step<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** A line that is no step: what is going to be installed, what stands in for what. */
  note(text: string): void;
}

/**
 * A reporter that writes to `stream`. On a terminal the running step is shown with its elapsed
 * seconds and replaced by its final line; anywhere else only final lines are written, so that a
 * log stays readable.
 */
export function progressTo(stream: NodeJS.WriteStream): Progress {
  const live = stream.isTTY === true;
  const running: { name: string; since: number }[] = [];
  let timer: NodeJS.Timeout | undefined;
  const clear = () => live && running.length > 0 && stream.write("\r\x1b[K");
  const draw = () => {
    const current = running.at(-1);
    if (live && current) stream.write(`\r\x1b[K  ... ${current.name} ${seconds(current.since)}`);
  };
  const line = (text: string) => {
    clear();
    stream.write(`${text}\n`);
    draw();
  };
  return {
    note: (text) => line(`  ${text}`),
    async step(name, work) {
      const entry = { name, since: Date.now() };
      clear();
      running.push(entry);
      draw();
      if (live && !timer) {
        timer = setInterval(draw, 1000);
        timer.unref();
      }
      const end = (mark: string) => {
        clear();
        running.splice(running.indexOf(entry), 1);
        if (running.length === 0 && timer) {
          clearInterval(timer);
          timer = undefined;
        }
        line(`${mark} ${name} (${seconds(entry.since)})`);
      };
      try {
        const result = await work();
        end("ok  ");
        return result;
      } catch (error) {
        end("FAIL");
        throw error;
      }
    },
  };
}

/** A reporter that says nothing, for tests and for commands whose output is data. */
export const silentProgress: Progress = {
  step: (_name, work) => work(),
  note: () => undefined,
};

function seconds(since: number): string {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`;
}

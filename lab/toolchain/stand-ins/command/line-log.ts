import type { Value } from "../wire";

export type Stream = "stdout" | "stderr";

/**
 * Cuts what a command writes into lines for the engine's output.
 * @param logging the resource's `logging`: stdout, stderr, stdoutAndStderr (when unset) or none
 */
export function lineLog(logging: Value | undefined, line: (text: string) => void) {
  const wanted = (stream: Stream) =>
    logging === undefined || logging === "stdoutAndStderr" || logging === stream;
  let rest = "";
  return {
    write(stream: Stream, output: string): void {
      if (!wanted(stream)) return;
      const lines = (rest + output).split("\n");
      rest = lines.pop() ?? "";
      lines.forEach(line);
    },
    /** Writes out a last line that has no newline. */
    end(): void {
      if (rest) line(rest);
      rest = "";
    },
  };
}

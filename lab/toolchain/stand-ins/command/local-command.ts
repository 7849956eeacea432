import { spawn } from "node:child_process";
import type { Log } from "../engine-log";
import type { ResourceType } from "../resource-provider";
import { commandType, text } from "./command-type";
import type { RunResult } from "./command-type";
import { lineLog } from "./line-log";

const unsupported = ["archivePaths", "assetPaths"];

/** `command:local:Command` without the collection of files, which nothing here needs. */
export function localCommand(log: Log): ResourceType {
  return commandType({
    inputs: ["dir", "interpreter"],
    check(inputs, problem) {
      for (const name of unsupported) {
        if (inputs[name] !== undefined)
          problem(name, "the command stand-in does not collect files");
      }
      return inputs;
    },
    async run(command, inputs, environment, site) {
      const result: RunResult = { stdout: "", stderr: "", both: "" };
      const lines = lineLog(inputs.logging, (line) => log.info(site.urn, line));
      const given = inputs.interpreter;
      const [program = "/bin/sh", ...args] = Array.isArray(given)
        ? given.map(String)
        : ["/bin/sh", "-c"];
      const dir = text(inputs.dir);
      const child = spawn(program, [...args, command], {
        ...(dir === undefined ? {} : { cwd: dir }),
        env: { ...process.env, ...environment },
        stdio: ["pipe", "pipe", "pipe"],
      });
      for (const stream of ["stdout", "stderr"] as const) {
        child[stream].setEncoding("utf8").on("data", (output: string) => {
          result[stream] += output;
          result.both += output;
          lines.write(stream, output);
        });
      }
      child.stdin.on("error", () => undefined); // a command need not read what it is given
      child.stdin.end(text(inputs.stdin) ?? "");
      const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>(
        (resolve, reject) => {
          child.on("error", reject).on("close", (status, by) => resolve([status, by]));
        },
      );
      lines.end();
      if (code === 0) return result;
      return { ...result, failure: code === null ? `signal: ${signal}` : `exit status ${code}` };
    },
  });
}

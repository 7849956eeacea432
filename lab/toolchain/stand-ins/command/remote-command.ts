import type { Log } from "../engine-log";
import type { ResourceType } from "../resource-provider";
import { commandType, text } from "./command-type";
import type { RunResult } from "./command-type";
import { asConnection, checkConnection } from "./connection";
import { lineLog } from "./line-log";
import { runRemote } from "./ssh";

/** `command:remote:Command`: a shell command on a server, over OpenSSH. */
export function remoteCommand(log: Log): ResourceType {
  return commandType({
    inputs: ["connection"],
    secrets: ["connection"],
    check(inputs, problem) {
      const connection = checkConnection(inputs.connection, problem);
      return connection === undefined ? inputs : { ...inputs, connection };
    },
    async run(command, inputs, environment, site) {
      const result: RunResult = { stdout: "", stderr: "", both: "" };
      const lines = lineLog(inputs.logging, (line) => log.info(site.urn, line));
      const stdin = text(inputs.stdin);
      const outcome = await runRemote({
        connection: asConnection(inputs.connection),
        command,
        ...(stdin === undefined ? {} : { stdin }),
        environment,
        onOutput(stream, output) {
          result[stream] += output;
          result.both += output;
          lines.write(stream, output);
        },
        onRetry: (message) => log.status(site.urn, message),
      });
      lines.end();
      if (outcome.exitCode === 0) return result;
      const failure =
        outcome.exitCode === undefined
          ? "wait: remote command exited without exit status or exit signal"
          : `Process exited with status ${outcome.exitCode}`;
      return { ...result, failure };
    },
  });
}

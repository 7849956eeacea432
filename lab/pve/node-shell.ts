import * as fs from "node:fs";
import * as net from "node:net";
import { run } from "../guest/process";

/** How the stand-in reaches a node: as PVE does, over SSH. */
export interface NodeShell {
  /**
   * Runs a bash script on a node, given on standard input so that nothing of it stands among the
   * process arguments.
   * @returns exit code 255 when the node cannot be reached, with SSH's own text.
   */
  run(node: string, script: string, timeoutMs: number): Promise<ShellResult>;
  /** Whether the node's sshd answers. */
  reachable(node: string): Promise<boolean>;
}

export interface ShellResult {
  code: number;
  stdout: string;
  stderr: string;
}

/** A busy machine is slow to answer, and a node that it takes for dead costs the cluster its quorum. */
const bannerMs = 10_000;
/** How long an answer of `reachable` is good for. */
const cachedMs = 3000;

/** A shell over OpenSSH with the lab's `ssh_config`. */
export function opensshShell(sshConfig: string): NodeShell {
  const answers = new Map<string, { at: number; answer: Promise<boolean> }>();
  return {
    async run(node, script, timeoutMs) {
      const options = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=10", "-T"];
      const result = await run("ssh", ["-F", sshConfig, ...options, node, "bash -s"], {
        timeoutMs,
        input: script,
      });
      return result.timedOut
        ? { ...result, code: 255, stderr: `no answer within ${timeoutMs / 1000} s` }
        : result;
    },
    reachable(node) {
      const known = answers.get(node);
      if (known && Date.now() - known.at < cachedMs) return known.answer;
      const answer = sshBanner(sshConfig, node);
      answers.set(node, { at: Date.now(), answer });
      return answer;
    },
  };
}

// The host's side of a forwarded port accepts at once, so only sshd's own first words count.
function sshBanner(sshConfig: string, node: string): Promise<boolean> {
  const port = portOf(sshConfig, node);
  if (port === undefined) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = net.connect({ host: "127.0.0.1", port });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(bannerMs, () => end(false));
    socket.once("data", (data) => end(data.toString("latin1").startsWith("SSH-")));
    socket.once("error", () => end(false));
    socket.once("close", () => end(false));
  });
}

/** A node's port in an `ssh_config` of the lab's form, or undefined. */
export function portOf(sshConfig: string, node: string): number | undefined {
  let text: string;
  try {
    text = fs.readFileSync(sshConfig, "utf8");
  } catch {
    return undefined;
  }
  let host = "";
  for (const line of text.split("\n")) {
    const [keyword, value] = line.trim().split(/\s+/);
    if (keyword === "Host") host = value ?? "";
    if (keyword === "Port" && host === node) return Number(value);
  }
  return undefined;
}

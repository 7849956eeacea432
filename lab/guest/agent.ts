import * as fs from "node:fs";
import type { LabPaths } from "../paths";
import { run } from "./process";

// An SSH agent holds the lab's key, so that Pulumi, whose engine logs what it passes on, never has it.

const LONGEST_SOCKET = 107;

const timeoutMs = 10_000;

/** Starts the agent, if it does not run, and gives it the key. @throws when either fails */
export async function startAgent(paths: LabPaths): Promise<void> {
  const { agent, agentPid, sshKey } = paths;
  if (Buffer.byteLength(agent) > LONGEST_SOCKET) {
    throw new Error(
      `${agent} is too long a name for a socket (${LONGEST_SOCKET} bytes): put the checkout into a folder with a shorter name.`,
    );
  }
  const env = { ...process.env, SSH_AUTH_SOCK: agent };
  const { code } = await run("ssh-add", ["-l"], { env, timeoutMs });
  // 0: it holds a key, and it was given no other; 1: none yet; 2: nobody answers.
  if (code === 0) return;
  if (code !== 1) {
    fs.rmSync(agent, { force: true });
    const { stdout, stderr } = await run("ssh-agent", ["-s", "-a", agent], { timeoutMs });
    const pid = /SSH_AGENT_PID=(\d+)/.exec(stdout)?.[1];
    if (pid === undefined) throw new Error(`ssh-agent did not start: ${stderr.trim()}`);
    fs.writeFileSync(agentPid, `${pid}\n`, { mode: 0o600 });
  }
  const added = await run("ssh-add", ["-q", sshKey], { env, timeoutMs });
  if (added.code !== 0) throw new Error(`ssh-add: ${added.stderr.trim()}`);
}

/** Ends the agent. Nothing happens when none runs. */
export function stopAgent({ agent, agentPid }: LabPaths): void {
  const pid = fs.existsSync(agentPid) ? fs.readFileSync(agentPid, "utf8").trim() : "";
  try {
    // The number may be another process's by now.
    if (fs.readFileSync(`/proc/${pid}/comm`, "utf8") === "ssh-agent\n") process.kill(Number(pid));
  } catch {
    // It has ended already.
  }
  for (const file of [agent, agentPid]) fs.rmSync(file, { force: true });
}

import type { LabPaths } from "../paths";
import { run, type ProcessResult } from "./process";

/**
 * Runs a shell command on a node, or in the guest's root namespace with the alias `lab`, through
 * OpenSSH with the lab's own configuration. Never throws for the command's exit code; 255 is ssh's
 * own failure.
 */
export function ssh(
  paths: LabPaths,
  alias: string,
  command: string,
  options: { timeoutMs: number; input?: string | Buffer },
): Promise<ProcessResult> {
  return run("ssh", ["-F", paths.sshConfig, alias, command], options);
}

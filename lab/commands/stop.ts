import { stopAgent } from "../guest/agent";
import { stopGuest } from "../guest/lifecycle";
import type { LabPaths } from "../paths";
import type { Progress } from "../progress";
import { stopPve } from "../pve/standin";

/** Ends all that runs for this lab. What is on disk stays. */
export async function stopLab(progress: Progress, paths: LabPaths): Promise<void> {
  await stopGuest(progress, paths);
  await stopPve(progress, paths);
  stopAgent(paths);
}

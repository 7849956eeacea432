import * as fs from "node:fs";
import type { LabPaths } from "../paths";
import type { Progress } from "../progress";
import { FRR_ROOTS, type FrrRoot } from "./image";
import { stopGuest } from "./lifecycle";

/** Takes `--frr stable|latest` out of the arguments. @throws Error for another word */
export function takeFrrRoot(argv: readonly string[]): { frr?: FrrRoot; rest: string[] } {
  const at = argv.findIndex((each) => each === "--frr" || each.startsWith("--frr="));
  if (at < 0) return { rest: [...argv] };
  const inOne = argv[at]?.startsWith("--frr=");
  const word = inOne ? argv[at]?.slice("--frr=".length) : argv[at + 1];
  const frr = FRR_ROOTS.find((each) => each === word);
  if (!frr) throw new Error(`--frr takes ${FRR_ROOTS.join(" or ")}, not '${word ?? ""}'.`);
  return { frr, rest: [...argv.slice(0, at), ...argv.slice(at + (inOne ? 1 : 2))] };
}

/**
 * Has the guest's nodes run this FRR from now on. A guest with the other one is switched off: each root
 * has a nodes' disk of its own, so that each one's nodes are as they were left.
 */
export async function keepFrrRoot(
  paths: LabPaths,
  frr: FrrRoot,
  progress: Progress,
): Promise<void> {
  if (paths.frrRoot === frr) return;
  await stopGuest(progress, paths);
  fs.mkdirSync(paths.lab, { recursive: true });
  fs.writeFileSync(paths.frrRootFile, `${frr}\n`);
}

import * as fs from "node:fs";
import * as path from "node:path";
import { FRR_ROOTS, type FrrRoot, type LabPaths } from "../paths";

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

/** Has every command mean this lab from now on. The other one keeps its nodes, state and ports. */
export function keepFrrRoot(paths: LabPaths, frr: FrrRoot): void {
  fs.mkdirSync(path.dirname(paths.frrRootFile), { recursive: true });
  fs.writeFileSync(paths.frrRootFile, `${frr}\n`);
}

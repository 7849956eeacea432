import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { generateNodeFiles } from "../../pve-model/generate";
import { run } from "../guest/process";
import type { Context } from "./api";
import { modelConfig } from "./apply";
import { desiredConfig } from "./config-files";
import { gatherNodeInput } from "./node-input";

/** What an apply would change on a node, as unified diffs; a file without a change is absent. */
export interface DryRun {
  "frr-diff"?: string;
  "interfaces-diff"?: string;
}

const readMs = 30_000;

/** GET /cluster/sdn/dry-run?node=N (9.2): the desired configuration against the node's files. */
export async function dryRun({ cluster, call, parameters }: Context): Promise<DryRun> {
  const node = String(parameters.node);
  const { state, shell, version } = cluster;
  // PVE leaves the version as it is here, so that it never shows as a difference.
  const desired = { version: state.running?.version ?? 0, ...desiredConfig(call.files) };
  const input = await gatherNodeInput(shell, node, modelConfig(desired));
  const files = generateNodeFiles(version, input);
  if (files.frrError !== null) throw call.files.failure(files.frrError);
  const against = async (file: string, pending: string | null) => {
    const current = await shell.run(node, `cat ${file} 2>/dev/null; true\n`, readMs);
    return unifiedDiff(file, current.stdout, pending ?? "");
  };
  const frr = await against("/etc/frr/frr.conf", files.frrConf);
  const interfaces = await against("/etc/network/interfaces.d/sdn", files.interfacesDSdn);
  return {
    ...(frr ? { "frr-diff": frr } : {}),
    ...(interfaces ? { "interfaces-diff": interfaces } : {}),
  };
}

/** Empty when both are the same but for blanks. */
async function unifiedDiff(file: string, before: string, after: string): Promise<string> {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "dry-run-"));
  const write = (name: string, text: string) => {
    fs.writeFileSync(path.join(directory, name), text);
    return path.join(directory, name);
  };
  try {
    const sides = [write("before", before), write("after", after)];
    const args = ["-b", "-u", "--label", file, "--label", "pending", ...sides];
    return (await run("diff", args, { timeoutMs: 10_000 })).stdout;
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

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

/** GET /cluster/sdn/dry-run?node=N (9.2): the desired configuration against the node's files. */
export async function dryRun({ cluster, call, parameters }: Context): Promise<DryRun> {
  const node = String(parameters.node);
  const { state, shell } = cluster;
  const desired = { version: state.running?.version ?? 0, ...desiredConfig(call.files) };
  const files = generateNodeFiles(
    cluster.version,
    await gatherNodeInput(shell, node, modelConfig(desired)),
  );
  if (files.frrError !== null) throw call.files.failure(files.frrError);
  const frr = await difference(context(cluster.shell, node, "/etc/frr/frr.conf"), files.frrConf);
  const interfaces = await difference(
    context(cluster.shell, node, "/etc/network/interfaces.d/sdn"),
    files.interfacesDSdn,
  );
  return {
    ...(frr ? { "frr-diff": frr } : {}),
    ...(interfaces ? { "interfaces-diff": interfaces } : {}),
  };
}

type Shell = Context["cluster"]["shell"];

async function context(shell: Shell, node: string, file: string) {
  const { stdout } = await shell.run(node, `cat ${file} 2>/dev/null; true\n`, 30_000);
  return { file, text: stdout };
}

async function difference(
  before: Promise<{ file: string; text: string }>,
  after: string | null,
): Promise<string> {
  const { file, text } = await before;
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), "dry-run-"));
  try {
    const [left, right] = ["before", "after"].map((name) => path.join(directory, name));
    fs.writeFileSync(left ?? "", text);
    fs.writeFileSync(right ?? "", after ?? "");
    const labels = ["--label", file, "--label", "pending"];
    const args = ["-b", "-N", "-u", ...labels, left ?? "", right ?? ""];
    return (await run("diff", args, { timeoutMs: 10_000 })).stdout;
  } finally {
    fs.rmSync(directory, { recursive: true });
  }
}

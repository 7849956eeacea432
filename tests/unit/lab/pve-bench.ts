import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { allRoutes } from "../../../lab/pve/cluster-routes";
import { Cluster } from "../../../lab/pve/cluster";
import type { NodeShell, ShellResult } from "../../../lab/pve/node-shell";
import { pvesh } from "../../../lab/pve/pvesh-command";
import type { PveVersion } from "../../../pve-model/types";

export const nodes = [1, 2, 3].map((id) => ({
  id,
  name: `pve0${id}`,
  address: `10.0.10.${id}`,
}));

/** What a `pvesh` of the bench printed, in the order of printing, and its exit code. */
export interface Ran {
  text: string;
  out: string;
  code: number;
}

export interface Bench {
  cluster: Cluster;
  directory: string;
  /** `pvesh` on a node; words as a shell would have split them. */
  pvesh(words: readonly string[], node?: string): Promise<Ran>;
  /** The same for a command line without quotes. */
  sh(line: string, node?: string): Promise<Ran>;
  /** Answer of a `get` as JSON. */
  get<T>(path: string, ...options: string[]): Promise<T>;
}

/** Nodes that answer every script with `answer`; for tests of everything but the nodes. */
export function shellThat(
  answer: (node: string, script: string) => Partial<ShellResult> | Promise<Partial<ShellResult>>,
): NodeShell {
  return {
    run: async (node, script) => ({
      code: 0,
      stdout: "",
      stderr: "",
      ...(await answer(node, script)),
    }),
    reachable: () => Promise.resolve(true),
  };
}

/** A cluster with its state in a directory of its own, or in `directory` to go on with one. */
export function bench(
  version: PveVersion,
  shell: NodeShell = shellThat(() => ({})),
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "pve-")),
): Bench {
  const cluster = new Cluster({ version, nodes, stateDir: directory, shell });
  const routes = allRoutes(cluster.data);
  const run = async (words: readonly string[], node = "pve01"): Promise<Ran> => {
    const printed: string[] = [];
    const out: string[] = [];
    const { exitCode } = await pvesh(cluster, routes, node, words, {
      out: (text) => void (printed.push(text), out.push(text)),
      err: (text) => void printed.push(text),
    });
    return { text: printed.join(""), out: out.join(""), code: exitCode };
  };
  return {
    cluster,
    directory,
    pvesh: run,
    sh: (line, node) => run(line.split(" "), node),
    get: async (where, ...options) => {
      const { text, out, code } = await run(["get", where, ...options, "--output-format", "json"]);
      if (code !== 0) throw new Error(text);
      return JSON.parse(out);
    },
  };
}

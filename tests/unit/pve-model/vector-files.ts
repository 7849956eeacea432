import * as fs from "node:fs";
import * as path from "node:path";
import { NodeInput, PveVersion, RunningConfig } from "../../../pve-model/types";

export const FIXTURES = path.join(__dirname, "..", "..", "fixtures", "pve");

/** A recorded run of Proxmox VE's own code. */
export interface Vector {
  name: string;
  version: PveVersion;
  input: NodeInput;
  expected: {
    frr_conf: string | null;
    frr_error: string | null;
    interfaces_d_sdn: string;
    warnings: string[];
  };
}

interface VectorFile {
  pve: PveVersion;
  node: string;
  input: {
    running_config: RunningConfig;
    interfaces: string;
    frr_conf_local: string | null;
    routes: Record<string, string>;
  };
  expected: Vector["expected"];
}

export function readVectors(): Vector[] {
  const folder = path.join(FIXTURES, "vectors");
  return fs
    .readdirSync(folder)
    .sort()
    .map((file) => {
      const vector = JSON.parse(fs.readFileSync(path.join(folder, file), "utf8")) as VectorFile;
      const { input } = vector;
      return {
        name: path.basename(file, ".json"),
        version: vector.pve,
        input: {
          node: vector.node,
          runningConfig: input.running_config,
          interfaces: input.interfaces,
          frrConfLocal: input.frr_conf_local,
          routes: input.routes,
        },
        expected: vector.expected,
      };
    });
}

/** The recorded vector of a case, as a starting point for variations. */
export function vector(name: string, version: PveVersion, node = "pve01"): Vector {
  const found = readVectors().find((each) => each.name === `${name}.${version}.${node}`);
  if (found === undefined) throw new Error(`no vector ${name}.${version}.${node}`);
  return found;
}

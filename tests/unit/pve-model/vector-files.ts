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

const FOLDER = path.join(FIXTURES, "vectors");

export function vectorFile(name: string, version: PveVersion, node = "pve01"): string {
  return path.join(FOLDER, `${name}.${version}.${node}.json`);
}

export function readVectors(): Vector[] {
  const files = fs.readdirSync(FOLDER).sort();
  return files.map((file) => readVector(path.join(FOLDER, file)));
}

/** The recorded vector of a case, as a starting point for variations. */
export function vector(name: string, version: PveVersion, node = "pve01"): Vector {
  return readVector(vectorFile(name, version, node));
}

function readVector(file: string): Vector {
  const recorded = JSON.parse(fs.readFileSync(file, "utf8")) as VectorFile;
  const { input } = recorded;
  return {
    name: path.basename(file, ".json"),
    version: recorded.pve,
    input: {
      node: recorded.node,
      runningConfig: input.running_config,
      interfaces: input.interfaces,
      frrConfLocal: input.frr_conf_local,
      routes: input.routes,
    },
    expected: recorded.expected,
  };
}

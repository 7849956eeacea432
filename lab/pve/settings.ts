import * as fs from "node:fs";
import { PVE_VERSIONS, type PveVersion } from "../../pve-model/types";
import type { ClusterNode } from "./cluster";

/** What the stand-in's process is started with, as a JSON file; nothing secret is in it. */
export interface PveSettings {
  version: PveVersion;
  nodes: ClusterNode[];
  /** Ports on 127.0.0.1: the HTTPS API, and the one behind the nodes' pvesh. */
  apiPort: number;
  pveshPort: number;
  /** The lab's `ssh_config`, with an alias for every node. */
  sshConfig: string;
  /** Where the cluster's state, task logs and the access log are kept. */
  stateDir: string;
  /** The process writes its own pid here before it serves, and serves only when no other does. */
  pidFile: string;
  /** PEM files of the API's certificate and key. */
  certificate: string;
  key: string;
  /** File with the API token, `USER@REALM!ID=UUID`. */
  tokenFile: string;
  /** File with the secret of the nodes' pvesh. */
  pveshKeyFile: string;
}

/** @throws when the file is no settings file. */
export function readSettings(file: string): PveSettings {
  const settings = JSON.parse(fs.readFileSync(file, "utf8")) as PveSettings;
  if (!PVE_VERSIONS.includes(settings.version)) {
    throw new Error(
      `${file}: version '${String(settings.version)}' is none of ${PVE_VERSIONS.join(", ")}`,
    );
  }
  return settings;
}

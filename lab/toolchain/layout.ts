import * as path from "node:path";
import { labPaths } from "../paths";

/** Where the toolchain keeps what it makes, all below `.lab`, and what it reads. */
export interface Layout {
  root: string;
  lab: string;
  /** First on PATH: only what is built or stands in for something. */
  bin: string;
  /** Compiled stand-ins for plugins that Pulumi looks up in its home. */
  standIns: string;
  /** PULUMI_HOME of the lab. */
  home: string;
  /** Directory of the lab's state backend. */
  state: string;
  /** What was found or made, and which downloads were found impossible. */
  record: string;
  /** File with the passphrase that encrypts the lab stack's secrets (0600). */
  passphrase: string;
  /** The complete configuration of the lab's stack. */
  stackConfig: string;
  /** The lab's own certificate authority. */
  ca: string;
  /** The system's authorities and the lab's, in one file. */
  caBundle: string;
  /** Go module that pins the Pulumi CLI. */
  tools: string;
  /** Builds of the CLI, shared by every checkout. */
  cliCache: string;
}

/** @param root the checkout; default: the one that this file is part of */
export function toolchainLayout(root?: string): Layout {
  const paths = labPaths(root);
  const below = (...parts: string[]) => path.join(paths.lab, ...parts);
  return {
    root: paths.root,
    lab: paths.lab,
    bin: below("bin"),
    standIns: below("stand-ins"),
    home: below("pulumi", "home"),
    state: below("pulumi", "state"),
    record: below("toolchain.json"),
    passphrase: path.join(paths.secrets, "passphrase"),
    stackConfig: below("Pulumi.lab.yaml"),
    ca: below("ca.pem"),
    caBundle: below("ca-bundle.pem"),
    tools: path.join(__dirname, "tools"),
    cliCache: path.join(paths.cache, "pulumi"),
  };
}

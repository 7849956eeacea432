import * as fs from "node:fs";
import * as path from "node:path";

/** An option's value as PVE's configuration files and API have it. */
export type Value = string | number | string[];

/** One SDN object: its options, with `type` among them and its id outside. */
export type SdnObject = Record<string, Value>;
export type SdnObjects = Record<string, SdnObject>;

/** Kinds of SDN objects, each with a file of its own in /etc/pve/sdn (`<kind>.cfg`). */
export const kinds = ["controllers", "zones", "vnets", "subnets"] as const;
export type Kind = (typeof kinds)[number];

/** /etc/pve/sdn/.running-config: what the last apply committed. */
export interface CommittedConfig extends Record<Kind, { ids: SdnObjects }> {
  /** Grows by one with every apply. */
  version: number;
}

/** What the cluster keeps, all of it. */
export interface ClusterState {
  /** The configuration files; one that was never written is absent. */
  files: Partial<Record<Kind, SdnObjects>>;
  /** null before the first apply. */
  running: CommittedConfig | null;
  /** The SDN lock's token while somebody holds the lock. */
  lockToken: string | null;
}

/** The cluster's state in one JSON file, replaced as a whole at every change. */
export class StateFile {
  readonly state: ClusterState;

  /** @throws when the file is there and isn't the stand-in's. */
  constructor(private readonly file: string) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    this.state = read(file) ?? { files: {}, running: null, lockToken: null };
  }

  /** Writes the state; an interruption at any moment leaves the old or the new file. */
  save(): void {
    const temporary = `${this.file}.${process.pid}`;
    const handle = fs.openSync(temporary, "w", 0o600);
    try {
      fs.writeSync(handle, `${JSON.stringify(this.state, null, 1)}\n`);
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
    fs.renameSync(temporary, this.file);
  }
}

function read(file: string): ClusterState | undefined {
  let text: string;
  try {
    text = fs.readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  try {
    return JSON.parse(text) as ClusterState;
  } catch {
    throw new Error(
      `${file} is not JSON, so the cluster's state cannot be read. Delete it to begin with an empty cluster.`,
    );
  }
}

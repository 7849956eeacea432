import * as path from "node:path";
import type { PveVersion } from "../../pve-model/types";
import type { Call } from "./call";
import { ConfigFiles } from "./config-files";
import { readFaults, type Faults } from "./faults";
import type { NodeShell } from "./node-shell";
import { StateFile } from "./state";
import { Tasks } from "./tasks";
import { WriteGate } from "./write-gate";
import { versionData, type VersionData } from "./versions";

/** A node of the cluster as PVE's corosync knows it. */
export interface ClusterNode {
  /** From 1. */
  id: number;
  name: string;
  /** Management address. */
  address: string;
}

export interface ClusterOptions {
  version: PveVersion;
  nodes: readonly ClusterNode[];
  /** Where state, task logs, faults and the count of applies are kept. */
  stateDir: string;
  shell: NodeShell;
}

/** The cluster that the stand-in plays: one state, the tasks of all nodes, and the way to them. */
export class Cluster {
  readonly version: PveVersion;
  readonly nodes: readonly ClusterNode[];
  readonly data: VersionData;
  readonly tasks: Tasks;
  readonly shell: NodeShell;
  /** `applies.jsonl`: one line per PUT /cluster/sdn. */
  readonly appliesFile: string;
  /** `guests.json`: guests beside the lab's own. */
  readonly guestsFile: string;
  /** Every write of the API and of pvesh goes through it. */
  readonly writes: WriteGate;
  private readonly lost = new Set<string>();
  private readonly store: StateFile;
  private readonly faultsFile: string;

  constructor(options: ClusterOptions) {
    this.version = options.version;
    this.nodes = options.nodes;
    this.shell = options.shell;
    this.data = versionData(options.version);
    this.store = new StateFile(path.join(options.stateDir, "state.json"));
    this.tasks = new Tasks(path.join(options.stateDir, "tasks"));
    this.appliesFile = path.join(options.stateDir, "applies.jsonl");
    this.guestsFile = path.join(options.stateDir, "guests.json");
    this.faultsFile = path.join(options.stateDir, "faults.json");
    const held = path.join(options.stateDir, "held.json");
    this.writes = new WriteGate(held, () => this.faults());
  }

  get state() {
    return this.store.state;
  }

  /** A call's view of the cluster. `warn` receives what a command line tool prints meanwhile. */
  call(
    who: Pick<Call, "node" | "user" | "via" | "foreground">,
    warn: (line: string) => void,
  ): Call {
    const files = new ConfigFiles(this.data, this.state, warn);
    return { ...who, files, save: () => this.store.save() };
  }

  faults(): Faults {
    return readFaults(this.faultsFile);
  }

  hasNode(name: string): boolean {
    return this.nodes.some((node) => node.name === name);
  }

  /** Whether a node answers; one that faults.json holds down, or that was lost, does not. */
  async online(name: string): Promise<boolean> {
    const { nodeDown, nodeLost } = this.faults();
    if (!nodeLost.includes(name)) this.lost.delete(name);
    if (nodeDown.includes(name) || this.lost.has(name)) return false;
    return this.shell.reachable(name);
  }

  /** The node is gone until faults.json no longer names it. */
  lose(name: string): void {
    this.lost.add(name);
  }

  addressOf(name: string): string {
    return this.nodes.find((node) => node.name === name)?.address ?? name;
  }
}

import * as fs from "node:fs";
import type { RunningConfig } from "../../pve-model/types";
import { inLock, type Call } from "./call";
import type { Cluster } from "./cluster";
import { desiredConfig } from "./config-files";
import { reloadNode } from "./node-reload";
import type { Parameters } from "./schema";
import type { ClusterState, CommittedConfig } from "./state";
import type { StartedTask, TaskLog } from "./tasks";

/**
 * PUT /cluster/sdn: commits the desired configuration as the running one, then reloads the nodes
 * in a task `reloadnetworkall`. The task ends OK whatever happens on the nodes, as PVE's does:
 * each node's own task `srvreload` tells how it went there.
 * @throws PveFailure while somebody else holds the lock.
 */
export function applyConfig(cluster: Cluster, call: Call, parameters: Parameters): StartedTask {
  const { state } = cluster;
  const token = parameters["lock-token"];
  const hadFrr = hasFrr(state);
  inLock(call, "could not commit SDN config", token, () => {
    const version = (state.running?.version ?? 0) + 1;
    state.running = { version, ...desiredConfig(call.files) };
    if (token !== undefined && parameters["release-lock"] !== 0) state.lockToken = null;
  });
  // From 9.0 on nodes leave FRR alone when neither the old nor the new configuration needs it.
  const regenerateFrr = !cluster.data.hasLock || hadFrr || hasFrr(state);
  const { node, user } = call;
  const task = { node, type: "reloadnetworkall", id: "", user };
  const started = cluster.tasks.start(
    task,
    (log) => reloadAll(cluster, call, regenerateFrr, log),
    call.foreground,
  );
  noteApply(cluster, call, started.upid);
  return started;
}

/** PUT /nodes/N/network: the node's own part of an apply, as a task `srvreload` on it. */
export function startNodeReload(
  cluster: Cluster,
  node: string,
  who: Pick<Call, "user" | "foreground">,
  regenerateFrr: boolean,
): StartedTask {
  const { version, shell } = cluster;
  const runningConfig = modelConfig(cluster.state.running);
  return cluster.tasks.start(
    { node, type: "srvreload", id: "networking", user: who.user },
    async (log) => {
      const faults = cluster.faults();
      if (faults.nodeLost.includes(node)) {
        cluster.lose(node);
        throw new Error("no answer from the node");
      }
      await reloadNode({ shell, version, node, runningConfig, regenerateFrr, faults }, log);
    },
    who.foreground,
  );
}

// PVE asks one node after the other and waits for each, in no particular order. What its own
// `pvesh` prints for a node is swallowed except errors, so a node's failure doesn't show here.
async function reloadAll(
  cluster: Cluster,
  call: Call,
  regenerateFrr: boolean,
  log: TaskLog,
): Promise<void> {
  for (const { name } of shuffled(cluster.nodes)) {
    log.line(`${name}: reloading network config`);
    if (await cluster.online(name)) {
      await startNodeReload(cluster, name, { user: call.user }, regenerateFrr).done;
      continue;
    }
    const address = cluster.addressOf(name);
    log.line(`ssh: connect to host ${address} port 22: No route to host`);
    log.line(`command 'pvesh set /nodes/${name}/network' failed: exit code 255`);
  }
}

/** The committed configuration in the model's types; nothing but types differs. */
export function modelConfig(committed: CommittedConfig | null): RunningConfig {
  return (committed ?? {}) as RunningConfig;
}

function hasFrr(state: ClusterState): boolean {
  return Object.keys(state.running?.controllers.ids ?? {}).length > 0;
}

function noteApply(cluster: Cluster, call: Call, upid: string): void {
  const line = {
    time: new Date().toISOString(),
    via: call.via,
    user: call.user,
    node: call.node,
    version: cluster.state.running?.version,
    upid,
  };
  fs.appendFileSync(cluster.appliesFile, `${JSON.stringify(line)}\n`);
}

function shuffled<T>(items: readonly T[]): T[] {
  const order = items.map((item) => ({ item, at: Math.random() }));
  return order.sort((a, b) => a.at - b.at).map(({ item }) => item);
}

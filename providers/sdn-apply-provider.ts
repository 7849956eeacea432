import { SdnObject } from "../plan/sdn-objects";
import type { NodeEndpoint } from "../plan/types";
import { assertNothingPending, runApply } from "./apply-run";
import { bgpdPids, loadAfterApply } from "./frr-load";
import { foreignChanges, foreignError, keyOf } from "./foreign-pending";
import { Carried, changedKeys, Implementation } from "./implementation";
import { Login } from "./login";
import { ApplyNode, nodeDrift } from "./node-drift";
import { Pvesh } from "./pvesh";
import { hasController, pendingText, readPending } from "./sdn-config";
import { hasSdnLock, underSdnLock } from "./sdn-lock";

/** Inputs of an apply of the cluster's SDN config. */
export interface ApplyInputs extends Carried {
  /**
   * apply: after all objects and blocks; its delete does nothing.
   * settle: before all of them, so that its delete runs last and applies removals.
   */
  role: "apply" | "settle";
  /** Node whose pvesh is used. */
  entry: NodeEndpoint;
  nodes: ApplyNode[];
  /** The SDN objects that the plan wants; settle carries their ids alone. */
  objects: SdnObject[];
  /** Hash of the blocks in frr.conf.local that the plan wants: only an apply makes PVE merge them. */
  blocks: string;
  timeoutSeconds: number;
  /** What to do with pending changes that this stack did not make. */
  foreignPending: "refuse" | "include";
  /**
   * Texts in which a node's reload may end beside OK. With an operator's frr.conf PVE finds no router id
   * and says so when it is done with the node's network and comes to FRR.
   */
  accepted: string[];
}

export interface ApplyOutputs extends ApplyInputs {
  /** UPID of the last apply; empty when there was none. FabricHealth looks again when it changes. */
  upid: string;
  /** What a refresh found pending. */
  pending: string[];
  /** Nodes that a refresh found to differ from what was applied. */
  differs: string[];
  /** Why the last apply failed; empty when it did not. A failure makes a diff, so `up` tries again. */
  failure: string;
}

const FIELDS = [
  ...[
    "role",
    "entry",
    "nodes",
    "objects",
    "blocks",
    "timeoutSeconds",
    "foreignPending",
    "accepted",
  ],
] as (keyof ApplyInputs)[];

const login = new Login();
const say = (line: string) => console.log(line);

/**
 * Every object that this stack has planned, as far as the state tells. One process serves all dynamic
 * resources of an update, and each is checked before any is deleted: so what the newest state knows
 * also counts for a settle half that an interrupted update left behind.
 */
const known = new Set<string>();
const remember = (...states: ApplyInputs[]) =>
  states.forEach((state) => objectsOf(state).forEach((object) => known.add(keyOf(object))));

/** A state of version 0.1.0 has a hash in the objects' place; an empty one has nothing. */
const objectsOf = (state: Partial<ApplyInputs> | undefined): SdnObject[] =>
  Array.isArray(state?.objects) ? state.objects : [];

/** The settle half that this update wants: nodes that are no longer in the plan are not waited for. */
let wantedSettle: ApplyInputs | undefined;

const unchecked = { upid: "", pending: [], differs: [], failure: "" };

async function refuseForeign(pvesh: Pvesh, inputs: ApplyInputs): Promise<void> {
  if (inputs.foreignPending === "include") return;
  // After a settle half nothing is planned: all that may be pending is removals of what was known.
  const planned = inputs.role === "apply" ? inputs.objects : [];
  const foreign = foreignChanges(await readPending(pvesh), { planned, known });
  if (foreign.length > 0) throw foreignError(foreign);
}

/** From 9.0 on the lock makes sure that nothing comes in between the look and the apply. */
async function applyOurs(pvesh: Pvesh, inputs: ApplyInputs): Promise<string> {
  const endpoints = inputs.nodes.map(({ endpoint }) => endpoint);
  const nodes = endpoints.map(({ name }) => name);
  // A state of version 0.1.0 has none.
  const { timeoutSeconds, accepted = [] } = inputs as Partial<ApplyInputs> & ApplyInputs;
  const locks = await hasSdnLock(pvesh);
  const on: typeof login.on = (to, work) => login.on(to, work);
  const watchFrr = async () => {
    // Proxmox VE loads no frr.conf of an operator's, and what does so comes later (operator-frr).
    const pids = accepted.length > 0 ? new Map<string, string>() : await bgpdPids(on, endpoints);
    return () => loadAfterApply(on, endpoints, pids, say);
  };
  return runApply(pvesh, { nodes, timeoutSeconds, accepted, say, watchFrr }, async (options) => {
    const put = (token?: string) =>
      pvesh.write("set", "/cluster/sdn", { "lock-token": token }, options);
    if (!locks) {
      await refuseForeign(pvesh, inputs);
      return put();
    }
    return underSdnLock(pvesh, timeoutSeconds, async (token) => {
      await refuseForeign(pvesh, inputs);
      return put(token);
    });
  });
}

/**
 * @param force apply even if no object is pending: a block changed, or the last apply failed
 * @returns the apply's UPID; undefined when there was nothing to apply
 */
async function applyOnce(inputs: ApplyInputs, force: boolean): Promise<string | undefined> {
  return login.on(inputs.entry, async (session) => {
    const pvesh = new Pvesh(session);
    if (!force && (await readPending(pvesh)).length === 0) {
      if (inputs.role === "settle") return undefined;
      const { differs, unseen } = await nodeDrift(pvesh, inputs.nodes, (to, work) =>
        login.on(to, work),
      );
      unseen.forEach((line) => say(`could not look at ${line}`));
      if (differs.length === 0) return undefined;
      differs.forEach((line) => say(`differs from what was applied: ${line}`));
    }
    const upid = await applyOurs(pvesh, inputs);
    await assertNothingPending(pvesh);
    return upid;
  });
}

/**
 * Before 9.0 PVE writes no frr.conf once the last controller is gone, so the one of the last apply
 * stays, and FRR goes on running it.
 */
async function sayWhatStays({ entry, nodes }: ApplyInputs): Promise<void> {
  await login.on(entry, async (session) => {
    const pvesh = new Pvesh(session);
    if ((await hasSdnLock(pvesh)) || (await hasController(pvesh))) return;
    const names = nodes.map(({ endpoint }) => endpoint.name).join(", ");
    say(
      `Proxmox VE 8 leaves /etc/frr/frr.conf on ${names} as the last apply wrote it, and FRR keeps`,
    );
    say("running it. To clean up, on each node: put your own frr.conf there, or");
    say("`rm /etc/frr/frr.conf && systemctl restart frr`.");
  });
}

/** Records the resource although its apply failed, so that the next `up` tries again. */
function failedApply(error: unknown, inputs: ApplyInputs): Error {
  const failure = error instanceof Error ? error.message : String(error);
  return Object.assign(new Error(failure), {
    id: inputs.role,
    properties: { ...inputs, ...unchecked, failure } satisfies ApplyOutputs,
    reasons: [failure],
  });
}

export const provider: Implementation<ApplyInputs, ApplyOutputs> = {
  configure: ({ config }) => login.configure(config),

  check: (olds, inputs) => {
    remember(olds, inputs);
    if (inputs.role === "settle") wantedSettle = inputs;
    return Promise.resolve({ inputs });
  },

  diff: (_id, olds, news) => {
    remember(olds, news);
    const changed = changedKeys<ApplyInputs>(olds, news, FIELDS);
    if (news.role === "settle") {
      const left = new Set(objectsOf(news).map(keyOf));
      const removes = objectsOf(olds).some((object) => !left.has(keyOf(object)));
      // The new half is made first and the old one deleted last, after the objects that go.
      return Promise.resolve({
        changes: changed.length > 0,
        replaces: removes ? ["objects"] : [],
        deleteBeforeReplace: false,
      });
    }
    const { pending, differs = [], failure } = olds;
    const unfinished = pending.length > 0 || differs.length > 0 || failure !== "";
    return Promise.resolve({ changes: changed.length > 0 || unfinished });
  },

  async create(inputs) {
    remember(inputs);
    const outs = { ...inputs, ...unchecked };
    if (inputs.role === "settle") return { id: inputs.role, outs };
    try {
      const upid = await applyOnce(inputs, true);
      return { id: inputs.role, outs: { ...outs, upid: upid ?? "" } };
    } catch (error) {
      throw failedApply(error, inputs);
    }
  },

  async read(id, props) {
    const { upid: _upid, pending: _p, differs: _d, failure: _f, ...inputs } = props;
    if (props.role === "settle") return { id, props, inputs };
    return login.on(props.entry, async (session) => {
      const pvesh = new Pvesh(session);
      const pending = (await readPending(pvesh)).map(pendingText);
      const drift = await nodeDrift(pvesh, props.nodes, (to, work) => login.on(to, work));
      drift.unseen.forEach((line) => say(`could not look at ${line}`));
      return { id, props: { ...props, pending, differs: drift.differs }, inputs };
    });
  },

  async update(_id, olds, news) {
    remember(olds, news);
    const outs = { ...news, ...unchecked, upid: olds.upid };
    if (news.role === "settle") return { outs };
    const force = olds.blocks !== news.blocks || olds.failure !== "";
    try {
      const upid = await applyOnce(news, force);
      return { outs: { ...outs, upid: upid ?? olds.upid } };
    } catch (error) {
      throw failedApply(error, news);
    }
  },

  async delete(_id, props) {
    remember(props);
    // The apply half leaves the removal of objects to the settle half, which is deleted last.
    if (props.role !== "settle") return;
    const inputs = { ...props, ...wantedSettle };
    const upid = await applyOnce(inputs, false);
    if (upid !== undefined) await sayWhatStays(inputs);
  },
};

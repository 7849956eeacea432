import type { NodeEndpoint } from "../plan/types";
import { assertNothingPending, runApply } from "./apply-run";
import { Carried, changedKeys, Implementation } from "./implementation";
import { Login } from "./login";
import { pendingText, readPending } from "./sdn-pending";
import { Pvesh } from "./pvesh";

/** Inputs of an apply of the cluster's SDN config. */
export interface ApplyInputs extends Carried {
  /**
   * apply: after all objects and blocks; its delete does nothing.
   * settle: before all of them, so that its delete runs last and applies removals.
   */
  role: "apply" | "settle";
  /** Node whose pvesh is used. */
  entry: NodeEndpoint;
  /** Names of all nodes. */
  nodes: string[];
  /** Hash of the SDN objects that the plan wants. */
  objects: string;
  /** Hash of the blocks in frr.conf.local that the plan wants: only an apply makes PVE merge them. */
  blocks: string;
  timeoutSeconds: number;
}

export interface ApplyOutputs extends ApplyInputs {
  /** UPID of the last apply; empty when there was none. FabricHealth looks again when it changes. */
  upid: string;
  /** What a refresh found pending. */
  pending: string[];
  /** Why the last apply failed; empty when it did not. A failure makes a diff, so `up` tries again. */
  failure: string;
}

const FIELDS = ["role", "entry", "nodes", "objects", "blocks", "timeoutSeconds"] as const;

const login = new Login();
const say = (line: string) => console.log(line);

/** @param force apply even if no object is pending: a block changed, or the last apply failed */
async function applyOnce(inputs: ApplyInputs, force: boolean): Promise<string | undefined> {
  return login.on(inputs.entry, async (session) => {
    const pvesh = new Pvesh(session);
    const pending = await readPending(pvesh);
    if (pending.length === 0 && !force) return undefined;
    const { nodes, timeoutSeconds } = inputs;
    const upid = await runApply(pvesh, { nodes, timeoutSeconds, say });
    await assertNothingPending(pvesh);
    return upid;
  });
}

/** Records the resource although its apply failed, so that the next `up` tries again. */
function failedApply(error: unknown, inputs: ApplyInputs): Error {
  const failure = error instanceof Error ? error.message : String(error);
  return Object.assign(new Error(failure), {
    id: inputs.role,
    properties: { ...inputs, upid: "", pending: [], failure } satisfies ApplyOutputs,
    reasons: [failure],
  });
}

export const provider: Implementation<ApplyInputs, ApplyOutputs> = {
  configure: ({ config }) => login.configure(config),

  check: (_olds, inputs) => Promise.resolve({ inputs }),

  diff: (_id, olds, news) => {
    const changed = changedKeys<ApplyInputs>(olds, news, FIELDS);
    const unfinished = news.role === "apply" && (olds.pending.length > 0 || olds.failure !== "");
    return Promise.resolve({ changes: changed.length > 0 || unfinished });
  },

  async create(inputs) {
    const outs = { ...inputs, upid: "", pending: [], failure: "" };
    if (inputs.role === "settle") return { id: inputs.role, outs };
    try {
      const upid = await applyOnce(inputs, true);
      return { id: inputs.role, outs: { ...outs, upid: upid ?? "" } };
    } catch (error) {
      throw failedApply(error, inputs);
    }
  },

  async read(id, props) {
    const pending = await login.on(props.entry, (session) => readPending(new Pvesh(session)));
    const { upid: _upid, pending: _pending, failure: _failure, ...inputs } = props;
    return { id, props: { ...props, pending: pending.map(pendingText) }, inputs };
  },

  async update(_id, olds, news) {
    const outs = { ...news, upid: olds.upid, pending: [], failure: "" };
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
    // The apply half leaves the removal of objects to the settle half, which is deleted last.
    if (props.role === "settle") await applyOnce(props, false);
  },
};

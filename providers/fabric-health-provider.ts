import type { NodeEndpoint } from "../plan/types";
import type { FabricIntent } from "../verify/intent";
import { failureReport } from "../verify/report";
import { isSound, verifyUntil } from "../verify/verify";
import { Carried, changedKeys, Implementation } from "./implementation";
import { Login } from "./login";

/** Inputs of the proof that the fabric carries packets. */
export interface HealthInputs extends Carried {
  endpoints: NodeEndpoint[];
  /** What the fabric is to be; the expectations follow from it. */
  intent: FabricIntent;
  planHash: string;
  /** UPID of the last apply: after a new one the fabric is looked at again. */
  applied: string;
  timeoutSeconds: number;
}

export interface HealthOutputs extends HealthInputs {
  /** The last success; `at` is empty when there was none yet. */
  verified: { at: string; planHash: string };
  /** Why the last look failed; empty when it did not. A failure makes a diff, so `up` looks again. */
  failure: string;
}

const FIELDS = ["endpoints", "intent", "planHash", "applied", "timeoutSeconds"] as const;
const ID = "health";

const login = new Login();

async function prove(
  inputs: HealthInputs,
  before?: HealthOutputs["verified"],
): Promise<HealthOutputs> {
  const { endpoints, planHash } = inputs;
  const intent: FabricIntent = { ...inputs.intent, removalsFollow: true };
  const verdict = await verifyUntil(
    { intent, endpoints, on: (endpoint, work) => login.on(endpoint, work) },
    inputs.timeoutSeconds,
    (line) => console.log(line),
  );
  if (isSound(verdict)) {
    return { ...inputs, verified: { at: new Date().toISOString(), planHash }, failure: "" };
  }
  const failure = failureReport(verdict);
  const properties: HealthOutputs = {
    ...inputs,
    verified: before ?? { at: "", planHash: "" },
    failure,
  };
  throw Object.assign(new Error(failure), { id: ID, properties, reasons: [failure] });
}

export const provider: Implementation<HealthInputs, HealthOutputs> = {
  configure: ({ config }) => login.configure(config),
  check: (_olds, inputs) => Promise.resolve({ inputs }),
  diff: (_id, olds, news) =>
    Promise.resolve({
      changes: changedKeys<HealthInputs>(olds, news, FIELDS).length > 0 || olds.failure !== "",
    }),
  create: async (inputs) => ({ id: ID, outs: await prove(inputs) }),
  read: (id, props) => Promise.resolve({ id, props }),
  update: async (_id, olds, news) => ({ outs: await prove(news, olds.verified) }),
  delete: () => Promise.resolve(),
};

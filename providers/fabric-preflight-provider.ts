import { configFromTexts } from "../config/from-texts";
import { buildPlan } from "../plan/plan";
import type { StackIdentity } from "../plan/types";
import { sdnObjectsOf } from "../plan/sdn-objects";
import { Wanted, wantedOf } from "../verify/preflight/expect";
import { errorsOf, Finding } from "../verify/preflight/finding";
import { countsOf, findingsText, refusalText } from "../verify/preflight/report";
import { CONNECT_MS, preflight } from "../verify/preflight/run";
import { keyOf } from "./foreign-pending";
import { Carried, changedKeys, ConfigReader, Implementation } from "./implementation";
import { Login } from "./login";

/**
 * Inputs of the look at all nodes before the first change. They only tell when to look: what to look
 * for comes from the stack's config, which the provider has, so that a preview does not show every
 * block twice.
 */
export interface PreflightInputs extends Carried {
  identity: StackIdentity;
  /** Hash of the plan: it changes with the program too. */
  planHash: string;
  /** Hash of the whole config: how nodes are reached and what is expected of them. */
  configHash: string;
}

export interface PreflightOutputs extends PreflightInputs {
  /** Whether an update of this stack ever got past the preflight. */
  passed: boolean;
  /** `KIND ID` of all SDN objects that the stack planned: pending changes of these are its own. */
  known: string[];
  /** What was found last. */
  findings: Finding[];
  /** Errors of the last look; empty without. They make a diff, so that `up` looks again. */
  failure: string;
}

const FIELDS = ["identity", "planHash", "configHash"] as const;
const ID = "preflight";

const login = new Login();
let reader: ConfigReader = { get: () => undefined };
const say = (line: string) => console.log(line);

type Before = Pick<PreflightOutputs, "passed" | "known">;
const NOTHING_BEFORE: Before = { passed: false, known: [] };

function wantedNow({ identity }: PreflightInputs, { passed, known }: Before): Wanted {
  const config = configFromTexts((key) => reader.get(key));
  const wanted = wantedOf(config, buildPlan(config, identity));
  return { ...wanted, fresh: !passed, known: new Set(known) };
}

async function look(wanted: Wanted): Promise<Finding[]> {
  const started = Date.now();
  const findings = await preflight({
    wanted,
    on: (endpoint, work) => login.once(endpoint, work, CONNECT_MS),
    say,
  });
  say(`preflight: ${countsOf(findings)} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  return findings;
}

/** @throws the recorded resource with all findings when one of them is an error */
async function mustPass(
  inputs: PreflightInputs,
  { passed, known: before }: Before,
): Promise<PreflightOutputs> {
  const wanted = wantedNow(inputs, { passed, known: before });
  const findings = await look(wanted);
  if (errorsOf(findings).length > 0) {
    const failure = refusalText(findings);
    const properties: PreflightOutputs = { ...inputs, passed, known: before, findings, failure };
    throw Object.assign(new Error(failure), { id: ID, properties, reasons: [failure] });
  }
  if (findings.length > 0) say(findingsText(findings));
  const known = new Set([...before, ...sdnObjectsOf(wanted.plan).map(keyOf)]);
  return { ...inputs, passed: true, known: [...known].sort(), findings, failure: "" };
}

export const provider: Implementation<PreflightInputs, PreflightOutputs> = {
  configure: ({ config }) => {
    reader = config;
    return login.configure(config);
  },

  check: (_olds, inputs) => Promise.resolve({ inputs }),

  diff: (_id, olds, news) =>
    Promise.resolve({
      changes: changedKeys<PreflightInputs>(olds, news, FIELDS).length > 0 || olds.failure !== "",
    }),

  create: async (inputs) => ({ id: ID, outs: await mustPass(inputs, NOTHING_BEFORE) }),

  /**
   * A refresh looks too: an `up` that repairs drift, which changes nothing in the plan, was preceded by
   * a refresh, and what stands against it makes a diff here.
   */
  async read(id, props) {
    const { passed, known, findings: _found, failure: _failure, ...inputs } = props;
    const findings = await look(wantedNow(inputs, { passed, known }));
    const failure = errorsOf(findings).length > 0 ? refusalText(findings) : "";
    if (findings.length > 0) say(findingsText(findings));
    return { id, props: { ...inputs, passed, known, findings, failure }, inputs };
  },

  update: async (_id, olds, news) => ({ outs: await mustPass(news, olds) }),

  delete: () => Promise.resolve(),
};

import type { StackOutputs } from "../../../contract/reader";
import { parseConfig } from "../../../config/parse";
import { buildPlan } from "../../../plan/plan";
import { identity, labConfig } from "../../fixtures/stack-config";

export type Outputs = Record<string, unknown>;

/** What a verified fabric's stack has, from the plan of the lab's config. */
export function fabricOutputs(): Outputs {
  const { contract, hash } = buildPlan(parseConfig(labConfig()), identity);
  return {
    networks: JSON.parse(JSON.stringify(contract.networks)) as unknown,
    contractVersion: contract.version,
    verified: { at: "2026-11-24T15:00:00.000Z", planHash: hash },
  };
}

/** A stack reference as Pulumi's: a secret output comes as `secretValue`. */
export function stackOf(outputs: Outputs, secret: string[] = []): StackOutputs {
  return {
    getOutputDetails: (name) =>
      Promise.resolve(
        secret.includes(name) ? { secretValue: outputs[name] } : { value: outputs[name] },
      ),
  };
}

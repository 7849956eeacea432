import * as pulumi from "@pulumi/pulumi";
import { EvpnFabric } from "./components/evpn-fabric";
import { loadConfig, warnOf } from "./config/load";
import { ConfigError } from "./config/violation";
import { lintsOf } from "./plan/lints";
import { buildPlan, hashOf, versionedFindings } from "./plan/plan";
import { intentOf } from "./verify/intent";

function fabric(): EvpnFabric {
  const { config, credentials } = loadConfig();
  const plan = buildPlan(config, { project: pulumi.getProject(), stack: pulumi.getStack() });
  warnOf([...lintsOf(config), ...versionedFindings(config, plan).warnings]);
  const { endpoint, insecure } = config.cluster.api;
  return new EvpnFabric(plan.name, {
    plan,
    intent: intentOf(plan),
    configHash: hashOf(config),
    api: { endpoint, insecure, token: credentials.apiToken },
    privateKey: credentials.privateKey,
    apply: config.apply,
    destroy: config.destroy,
    healthTimeoutSeconds: config.health.timeoutSeconds,
  });
}

/** A mistake in the config ends as its message; a stack trace would say nothing more. */
function orMessage<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof ConfigError ? new pulumi.RunError(error.message) : error;
  }
}

const { contract, verified: lastProof } = orMessage(fabric);

/** The network contract that VM programs read; see contract/. */
export const networks = contract.apply(({ networks: byKey }) => byKey);
export const contractVersion = contract.apply(({ version }) => version);
/** The last time that the fabric was seen to carry packets. */
export const verified = lastProof;

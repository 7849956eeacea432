import { parseConfig } from "../../../config/parse";
import { FabricConfigInput } from "../../../config/schema";
import { ConfigError, Violation } from "../../../config/violation";
import { buildPlan } from "../../../plan/plan";
import { identity, labConfig } from "../../fixtures/stack-config";

/** Everything that is wrong with a config, on the way that an update takes; empty when it is accepted. */
export function violationsIn(config: unknown): readonly Violation[] {
  try {
    buildPlan(parseConfig(config), identity);
    return [];
  } catch (error) {
    // Anything else is a bug of the program, and would reach the user as a stack trace.
    if (error instanceof ConfigError) return error.violations;
    throw error;
  }
}

/** The lab's config with every list filled that it leaves empty, so that each can go wrong. */
export function filledConfig(): FabricConfigInput {
  const { fabric, zone, ...rest } = labConfig();
  const extraLines = { router: ["a"], ipv4: ["a"], ipv6: ["a"], evpn: ["a"] };
  return {
    ...rest,
    fabric: {
      ...fabric,
      externalPeers: [{ address: "10.0.10.254", asn: 65000, families: ["evpn"] }],
    },
    zone: { ...zone, nodes: ["pve01", "pve02", "pve03"], rtExport: ["65000:2"] },
    frr: { ...rest.frr, extraLines },
  };
}

/** What happens at a path of the lab's config; `absent` takes it out. */
export const absent = Symbol("absent");

/** A copy of a config with another value at a path such as `vnets.1.subnets.0.cidr`. */
export function changed(config: unknown, path: string, value: unknown): unknown {
  const copy = structuredClone(config) as Record<string, unknown>;
  const parts = path.split(".");
  const last = parts.pop() as string;
  const holder = parts.reduce<Record<string, unknown>>((at, part) => {
    at[part] ??= {};
    return at[part] as Record<string, unknown>;
  }, copy);
  if (value === absent) delete holder[last];
  else holder[last] = value;
  return copy;
}

/** `vnets.1.id` as messages write it: `vnets[1].id`. */
export const shownPath = (path: string) => path.replace(/\.(\d+)/g, "[$1]");

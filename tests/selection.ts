import { PVE_VERSIONS } from "../pve-model/types";

/** e2e is end to end on the lab's own cluster, seed on the seed's: newest FRR, an operator's frr.conf. */
export const LEVELS = ["unit", "components", "providers", "e2e", "seed"] as const;
export type Level = (typeof LEVELS)[number];

export type Files = Partial<Record<Level, string[]>>;

/** Pass, and would take an ordinary run past its hour: `npm run test:matrix` and `npm test -- long` run them. */
export const LONG = {
  e2e: ["70-", "71-", "72-", "77-", "80-", "81-", "95-", "96-"].map((file) => `e2e/${file}`),
  seed: ["seed/20-", "seed/25-", "seed/30-", "seed/40-"],
} satisfies Files;

/** The versions in short, for an ordinary run. */
export const SHORT: Files = { e2e: ["e2e/99-"] };

/** Of `npm run test:matrix`: an update killed at each of its writes, everything end to end, the seed's cluster. */
export const MATRIX = ["interrupted", ...PVE_VERSIONS, "seed"] as const;
export type MatrixPart = (typeof MATRIX)[number];

/** e2e is end to end on the lab's own cluster, seed on the seed's: newest FRR, an operator's frr.conf. */
export const LEVELS = ["unit", "components", "providers", "e2e", "seed"] as const;
export type Level = (typeof LEVELS)[number];

export type Files = Partial<Record<Level, string[]>>;

/** Pass, and would take an ordinary run past its hour: `npm run test:matrix` and `npm test -- long` run them. */
export const LONG: Files = {
  e2e: ["e2e/60-", "e2e/71-", "e2e/72-", "e2e/80-", "e2e/81-", "e2e/95-", "e2e/96-"],
  seed: ["seed/20-", "seed/25-", "seed/30-", "seed/40-"],
};

/** The versions in short, for an ordinary run. */
export const SHORT: Files = { e2e: ["e2e/99-"] };

/** Written, and not yet seen to pass in one whole run. One that passes is taken off; `npm test -- draft` runs them. */
export const DRAFTS: Files = {
  providers: ["providers/interrupted"],
  e2e: ["e2e/99-"],
};

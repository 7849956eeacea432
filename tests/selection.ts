/** e2e is end to end on the lab's own cluster, seed on the seed's: newest FRR, an operator's frr.conf. */
export const LEVELS = ["unit", "components", "providers", "e2e", "seed"] as const;
export type Level = (typeof LEVELS)[number];

export type Files = Partial<Record<Level, string[]>>;

/** Pass, and would take an ordinary run past its hour: `npm run test:matrix` and `npm test -- long` run them. */
export const LONG: Files = {
  e2e: ["70-", "71-", "72-", "77-", "80-", "81-", "95-", "96-"].map((file) => `e2e/${file}`),
  seed: ["seed/20-", "seed/25-", "seed/30-", "seed/40-"],
};

/** The versions in short, for an ordinary run. */
export const SHORT: Files = { e2e: ["e2e/99-"] };

// One project per level, so that `npx jest --selectProjects unit` runs a level alone.
// diagnostics are off because `tsc --noEmit` (npm run typecheck) checks every file once.
const level = (name, extra = {}) => ({
  displayName: name,
  rootDir: __dirname,
  testMatch: [`<rootDir>/tests/${name}/**/*.test.ts`],
  testEnvironment: "node",
  transform: { "^.+\\.ts$": ["ts-jest", { diagnostics: false }] },
  modulePathIgnorePatterns: ["<rootDir>/.lab/", "<rootDir>/examples/.*/node_modules/"],
  ...extra,
});

module.exports = {
  // Istanbul's counters would leak into the provider objects that Pulumi serialises into the state.
  coverageProvider: "v8",
  // A bound for a hang, not a measure of speed: the machine may be busy. Tests on the lab set their own.
  testTimeout: 60_000,
  testSequencer: "<rootDir>/tests/sequencer.cjs",
  projects: [level("unit"), level("components"), level("providers"), level("e2e"), level("seed")],
};

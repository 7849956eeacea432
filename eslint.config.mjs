import tseslint from "typescript-eslint";

// Dependencies point one way: config -> plan -> components -> providers; see docs/adr/.
// Each entry: the folder, and the project folders that it may not import.
const folders = [
  "cli",
  "components",
  "config",
  "contract",
  "examples",
  "lab",
  "plan",
  "providers",
  "pve-model",
  "tests",
  "verify",
];
const mayImport = {
  contract: [],
  "pve-model": [],
  config: ["pve-model"],
  plan: ["config", "pve-model", "contract"],
  providers: ["plan", "config", "contract"],
  verify: ["plan", "providers", "config", "pve-model"],
  components: ["plan", "providers", "config", "contract"],
  lab: ["pve-model"],
  examples: ["contract"],
  cli: ["config", "plan", "providers", "pve-model", "verify", "contract"],
};
const fenceFor = (files, folder, allowed) => ({
  files,
  rules: {
    "no-restricted-imports": [
      "error",
      {
        patterns: [
          {
            regex: `^(\\.\\./)+(${folders.filter((f) => f !== folder && !allowed.includes(f)).join("|")})/`,
            message: `${folder}/ may import only: ${allowed.join(", ") || "nothing"}.`,
          },
          ...(folder === "providers" || folder === "tests"
            ? []
            : [{ regex: "^ssh2$", message: "Only providers/ssh.ts speaks SSH." }]),
        ],
      },
    ],
  },
});
const fence = Object.entries(mayImport).map(([folder, allowed]) =>
  fenceFor([`${folder}/**/*.ts`], folder, allowed),
);

export default tseslint.config(
  { ignores: ["node_modules/", ".lab/", "coverage/", "**/*.js", "**/*.cjs", "**/*.mjs"] },
  ...tseslint.configs.recommended,
  {
    files: ["**/*.ts"],
    rules: {
      "max-lines": ["error", { max: 250 }],
      "@typescript-eslint/no-explicit-any": "error",
      "@typescript-eslint/ban-ts-comment": "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_" },
      ],
    },
  },
  {
    // A dynamic provider's stub is serialised into the state, so it loads its implementation by
    // require() in the provider process (docs/adr/0004).
    files: ["providers/**/*.ts"],
    rules: { "@typescript-eslint/no-require-imports": "off" },
  },
  ...fence,
  fenceFor(["providers/ssh.ts"], "providers", mayImport.providers),
  // The two fabric-* resources are where the update meets the verification.
  fenceFor(["providers/fabric-*.ts"], "providers", [...mayImport.providers, "verify"]),
);

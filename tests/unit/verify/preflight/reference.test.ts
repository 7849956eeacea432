import * as fs from "node:fs";
import * as path from "node:path";
import { preflightReference } from "../../../../verify/preflight/reference";

it("docs/preflight.md is what the catalogue says: run `npm run docs:preflight`", () => {
  const file = path.join(__dirname, "..", "..", "..", "..", "docs", "preflight.md");
  expect(fs.readFileSync(file, "utf8")).toBe(preflightReference());
});

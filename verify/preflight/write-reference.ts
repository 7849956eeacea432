import * as fs from "node:fs";
import * as path from "node:path";
import { preflightReference } from "./reference";

// `npm run docs:preflight`: a test fails as long as docs/preflight.md differs from the catalogue.
const file = path.join(__dirname, "..", "..", "docs", "preflight.md");
fs.writeFileSync(file, preflightReference());
process.stdout.write(`${path.relative(process.cwd(), file)} written\n`);

import * as fs from "node:fs";
import * as path from "node:path";
import { referenceText } from "./reference";

// `npm run docs:config`: a test fails as long as docs/config.md differs from the schema.
const file = path.join(__dirname, "..", "docs", "config.md");
fs.writeFileSync(file, referenceText());
process.stdout.write(`${path.relative(process.cwd(), file)} written\n`);

import * as fs from "node:fs";
import * as path from "node:path";
import { troubleshootingText } from "./troubleshooting";

/** `npm run docs:troubleshooting`: writes docs/troubleshooting.md. */
fs.writeFileSync(
  path.join(__dirname, "..", "..", "docs", "troubleshooting.md"),
  troubleshootingText(),
);

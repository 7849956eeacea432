import * as fs from "node:fs";
import * as path from "node:path";
import { schemaText } from "./verdict-schema";

/** `npm run docs:verify`: writes docs/verify.schema.json. */
fs.writeFileSync(path.join(__dirname, "..", "docs", "verify.schema.json"), schemaText());

// Entry of every npm script: brings a fresh clone to the point where TypeScript runs, then runs it.
// Plain CommonJS on purpose: nothing is installed yet when this starts.
"use strict";
const { spawnSync } = require("node:child_process");
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const path = require("node:path");

const root = path.resolve(__dirname, "..");
const fail = (message) => {
  process.stderr.write(`${message}\n`);
  process.exit(1);
};

const major = Number(process.versions.node.split(".")[0]);
if (major < 20) {
  fail(`Node.js ${process.versions.node} is too old: this project needs Node.js 20 or newer.`);
}

// npm ci is run again only when the lock file is not the one that was installed last.
const stampFile = path.join(root, "node_modules", ".proxmox-evpn-lock");
const lock = createHash("sha256")
  .update(fs.readFileSync(path.join(root, "package-lock.json")))
  .digest("hex");
const installed = fs.existsSync(stampFile) && fs.readFileSync(stampFile, "utf8") === lock;
if (!installed) {
  process.stderr.write("npm packages: installing (npm ci) ...\n");
  const npm = spawnSync("npm", ["ci", "--ignore-scripts"], {
    cwd: root,
    // Everything npm says goes to standard error: standard output belongs to the command.
    stdio: ["ignore", 2, 2],
  });
  if (npm.error) fail(`npm could not be started (${npm.error.message}): install npm 9 or newer.`);
  if (npm.status !== 0) fail("npm ci failed: its own lines above say why. Nothing else was done.");
  fs.writeFileSync(stampFile, lock);
}

const [script, ...args] = process.argv.slice(2);
const child = require("node:child_process").spawn(
  process.execPath,
  ["--import", "tsx", path.join(root, script), ...args],
  { cwd: root, stdio: "inherit" },
);
// Ctrl-C reaches the child as well (same terminal); this process only waits for its end.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => {
    if (signal !== "SIGINT" || !process.stdin.isTTY) child.kill(signal);
  });
}
child.on("close", (code, signal) => process.exit(signal ? 130 : (code ?? 1)));

// An engine that was killed leaves its provider process behind. What that process writes then fails,
// Pulumi's own handler writes the failure, and so on for ever at full speed. So this process ends
// itself, after the calls that still run: an apply has a lock to release.
"use strict";
const fs = require("node:fs");

const LOOK_MS = 2000;

/** The process that started the plugin's launcher: the engine. Undefined where /proc is not known. */
function grandparent() {
  try {
    const stat = fs.readFileSync(`/proc/${process.ppid}/stat`, "utf8");
    // `pid (name) state ppid …`, and a name may hold blanks and brackets.
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return undefined;
  }
}

/**
 * Ends this process once its engine is gone and no call runs.
 * @param running tells how many calls run at this moment
 */
function endWithEngine(running) {
  const engine = grandparent();
  let gone = false;
  const endWhenIdle = () => {
    if (gone && running() === 0) process.exit(1);
  };
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", () => {
      gone = true;
      endWhenIdle();
    });
  }
  setInterval(() => {
    gone ||= engine !== undefined && grandparent() !== engine;
    endWhenIdle();
  }, LOOK_MS).unref();
}

module.exports = { endWithEngine };

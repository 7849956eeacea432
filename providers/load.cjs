// Loads a dynamic provider's implementation in the provider process (see dynamic-stub.ts).
// CommonJS, because that process knows no TypeScript until tsx is registered here.
"use strict";
const path = require("node:path");
const { endWithEngine } = require("./orphan.cjs");

require("tsx/cjs/api").register();

let running = 0;
endWithEngine(() => running);

/**
 * Pulumi's provider process prints `error: error.stack` for some calls. The user's message is in
 * error.message, which the engine shows with the resource; a stack trace beside it is noise.
 */
function quiet(error, name, method) {
  if (error && typeof error === "object") {
    Object.defineProperty(error, "stack", { value: "the reason stands with the resource" });
    Object.defineProperty(error, "toString", { value: () => `${name} ${method}` });
  }
  return error;
}

function wrap(name, implementation) {
  const wrapped = {};
  for (const method of ["configure", "check", "diff", "create", "read", "update", "delete"]) {
    wrapped[method] = async (...args) => {
      running += 1;
      try {
        return await implementation[method](...args);
      } catch (error) {
        throw quiet(error, name, method);
      } finally {
        running -= 1;
      }
    };
  }
  return wrapped;
}

const loaded = new Map();

module.exports = (name) => {
  if (!loaded.has(name)) {
    loaded.set(name, wrap(name, require(path.join(__dirname, `${name}-provider.ts`)).provider));
  }
  return loaded.get(name);
};

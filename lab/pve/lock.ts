import * as crypto from "node:crypto";
import { inLock, type Call } from "./call";
import { hasPending } from "./pending";
import type { Parameters } from "./schema";
import { kinds } from "./state";

/**
 * POST /cluster/sdn/lock (9.x): takes the SDN lock.
 * @returns the token that every write then needs.
 * @throws PveFailure while it is held, and with changes pending unless `allow-pending`.
 */
export function takeLock(call: Call, parameters: Parameters): string {
  const { files } = call;
  return inLock(call, "could not acquire lock for SDN config", undefined, () => {
    if (!parameters["allow-pending"] && hasPending(files.state, (kind) => files.read(kind))) {
      throw files.failureAt("configuration has pending changes", files.data.lines.lock);
    }
    const token = crypto.randomUUID();
    files.state.lockToken = token;
    return token;
  });
}

/** DELETE /cluster/sdn/lock: with the token, or with `force` whoever holds it. */
export function releaseLock(call: Call, parameters: Parameters): void {
  const { state } = call.files;
  if (parameters.force) {
    state.lockToken = null;
    call.save();
    return;
  }
  inLock(call, "could not release lock", parameters["lock-token"], () => {
    state.lockToken = null;
  });
}

/** POST /cluster/sdn/rollback: the desired configuration becomes the running one again. */
export function rollback(call: Call, parameters: Parameters): void {
  const { state } = call.files;
  const token = parameters["lock-token"];
  inLock(call, "could not rollback SDN configuration", token, () => {
    for (const kind of kinds) {
      state.files[kind] = structuredClone(state.running?.[kind].ids ?? {});
    }
    if (token !== undefined && parameters["release-lock"] !== 0) state.lockToken = null;
  });
}

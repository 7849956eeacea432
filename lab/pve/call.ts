import type { ConfigFiles } from "./config-files";
import { asRefusal, ParameterError, PveFailure, refusalText } from "./errors";
import type { Kind } from "./state";

/** Who asks, and how: an HTTPS request or a `pvesh` on a node. */
export interface Call {
  /** The node that was asked. */
  node: string;
  /** `root@pam` for pvesh, the token's id for the API. */
  user: string;
  via: "api" | "pvesh";
  files: ConfigFiles;
  /** Writes the cluster's state to disk. */
  save(): void;
  /**
   * Given for pvesh alone, which runs a worker in the foreground: receives the worker's lines,
   * and the call returns when the worker ended.
   */
  foreground?: (line: string) => void;
}

/** What the lock's refusal of a write says; sticky text that clients look for. */
const wrongToken = "invalid lock token provided!";

/**
 * Runs a change under PVE's SDN lock. A refusal inside gets `what` in front and is HTTP 500,
 * parameter errors too. While somebody holds the lock with a token, only that token passes (9.x).
 */
export function inLock<T>(call: Call, what: string, token: unknown, change: () => T): T {
  const { files } = call;
  try {
    const held = files.state.lockToken;
    if (held !== null && token !== held) {
      throw files.failureAt(wrongToken, files.data.lines.lock);
    }
    const result = change();
    call.save();
    return result;
  } catch (error) {
    const refusal = asRefusal(error);
    const exitCode = refusal instanceof ParameterError ? files.exitCode() : refusal.exitCode;
    throw new PveFailure(`${what}: ${refusalText(refusal)}`, exitCode);
  }
}

/** One kind's word in messages, `sdn WORD object`. */
export const words = { controllers: "controller", zones: "zone", vnets: "vnet", subnets: "subnet" };

/** The object, or PVE's refusal when it isn't there. */
export function existing<T>(call: Call, kind: Kind, id: string, objects: Record<string, T>): T {
  const object = Object.hasOwn(objects, id) ? objects[id] : undefined;
  if (object !== undefined) return object;
  const word = kind === "vnets" || kind === "subnets" ? `${words[kind]} ` : "";
  throw call.files.failure(`sdn ${word}'${id}' does not exist`);
}

// One `connection` of a remote command, as properties in and as typed values out.
import type { Properties, Value } from "../wire";
import { hasUnknown } from "../wire";

export interface Endpoint {
  host: string;
  port: number;
  user: string;
  password?: string;
  privateKey?: string;
  privateKeyPassword?: string;
  agentSocketPath?: string;
  /** authorized_keys form. Without it nothing is checked: the real provider's behaviour. */
  hostKey?: string;
  /** Failed dials that are allowed; -1 for any number. */
  dialErrorLimit: number;
  /** Seconds; 0 for no limit. */
  perDialTimeout: number;
}

export interface Connection extends Endpoint {
  proxy?: Endpoint;
}

const defaults = { user: "root", port: 22, dialErrorLimit: 10, perDialTimeout: 15 };
const texts = [
  "host",
  "user",
  "password",
  "privateKey",
  "privateKeyPassword",
  "agentSocketPath",
  "hostKey",
];
const numbers = ["port", "dialErrorLimit", "perDialTimeout"];

function withDefaults(value: Value | undefined): Value | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const filled: Properties = { ...defaults };
  for (const [name, item] of Object.entries(value)) if (item !== null) filled[name] = item;
  const proxy = withDefaults(filled.proxy);
  if (proxy !== undefined) filled.proxy = proxy;
  return filled;
}

/** Fills in the provider's defaults (also for the proxy) and reports what cannot be a connection. */
export function checkConnection(
  value: Value | undefined,
  problem: (property: string, reason: string) => void,
): Value | undefined {
  const filled = withDefaults(value);
  const inspect = (at: string, part: Value | undefined) => {
    if (hasUnknown(part) && typeof part === "string") return;
    if (typeof part !== "object" || part === null || Array.isArray(part)) {
      problem(at, part === undefined ? `missing required property '${at}'` : "must be an object");
      return;
    }
    if (part.host === undefined) problem(`${at}.host`, "missing required property 'host'");
    for (const name of [...texts, ...numbers]) {
      const item = part[name];
      if (item === undefined || hasUnknown(item)) continue;
      const wanted = texts.includes(name) ? "string" : "number";
      if (typeof item !== wanted) problem(`${at}.${name}`, `must be a ${wanted}`);
    }
    if (part.proxy !== undefined) inspect(`${at}.proxy`, part.proxy);
  };
  inspect("connection", filled);
  return filled;
}

/** A checked connection as a typed value. */
export function asConnection(value: Value | undefined): Connection {
  return value as unknown as Connection;
}

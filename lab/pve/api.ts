import type { Call } from "./call";
import type { Cluster } from "./cluster";
import { PveFailure } from "./errors";
import { verify, type Parameters, type Properties, type RawParameters } from "./schema";
import type { StartedTask } from "./tasks";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** One call of PVE's API. */
export interface Route {
  method: Method;
  /** `/cluster/sdn/zones/{zone}`; a segment in braces is a parameter. */
  path: string;
  properties: Properties;
  /** Runs on the node named in the path, so it fails while that node is down. */
  onNode?: boolean;
  handle(context: Context): unknown | Promise<unknown>;
}

export interface Context {
  cluster: Cluster;
  call: Call;
  /** The path's parameters and the request's, checked. */
  parameters: Parameters;
}

/** A route that fits a request, with the parameters that its path gives. */
export interface Match {
  route: Route;
  inPath: Record<string, string>;
}

/** A worker that a handler started: an answer that may have to wait for it. */
export class WorkerAnswer {
  constructor(readonly task: StartedTask) {}
}

/** The route for a method and a path (without `/api2/json`), or undefined. */
export function findRoute(
  routes: readonly Route[],
  method: Method,
  path: string,
): Match | undefined {
  const segments = path.split("/").filter((segment) => segment !== "");
  for (const route of routes) {
    if (route.method !== method) continue;
    const inPath = matchPath(route.path, segments);
    if (inPath) return { route, inPath };
  }
  return undefined;
}

function matchPath(
  pattern: string,
  segments: readonly string[],
): Record<string, string> | undefined {
  const wanted = pattern.split("/").filter((segment) => segment !== "");
  if (wanted.length !== segments.length) return undefined;
  const inPath: Record<string, string> = {};
  for (const [at, want] of wanted.entries()) {
    const segment = segments[at] ?? "";
    const name = /^\{(.+)\}$/.exec(want)?.[1];
    if (name !== undefined) inPath[name] = segment;
    else if (want !== segment) return undefined;
  }
  return inPath;
}

/**
 * Checks a call's parameters and carries it out.
 * @returns its data; with `call.foreground` only after the worker that it started has ended.
 * @throws ParameterError or PveFailure, as PVE refuses.
 */
export async function carryOut(
  cluster: Cluster,
  call: Call,
  match: Match,
  raw: RawParameters,
): Promise<unknown> {
  const { route, inPath } = match;
  const parameters = verify(route.properties, { ...raw, ...inPath }, call.files.warn);
  if (route.onNode) await requireNode(cluster, call, String(parameters.node));
  const carry = async () => {
    const answer = await route.handle({ cluster, call, parameters });
    if (!(answer instanceof WorkerAnswer)) return answer ?? null;
    if (call.foreground) await answer.task.done;
    return answer.task.upid;
  };
  if (route.method === "GET" || !route.path.startsWith("/cluster/sdn")) return carry();
  return cluster.writes.around(`${route.method} ${route.path}`, carry);
}

async function requireNode(cluster: Cluster, call: Call, node: string): Promise<void> {
  if (!cluster.hasNode(node)) {
    throw new PveFailure(`hostname lookup '${node}' failed - failed to get address info`);
  }
  if (node === call.node || (await cluster.online(node))) return;
  // The API's proxy answers 595; pvesh proxies over SSH.
  const address = cluster.addressOf(node);
  throw call.via === "api"
    ? new PveFailure("No route to host", 255, 595)
    : new PveFailure(`ssh: connect to host ${address} port 22: No route to host`, 255);
}

import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as https from "node:https";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { AccessLog } from "./access-log";
import { carryOut, findRoute, type Method, type Route } from "./api";
import type { Cluster } from "./cluster";
import { asRefusal, ParameterError, PveFailure } from "./errors";
import type { RawParameters } from "./schema";

export interface HttpsApiOptions {
  cluster: Cluster;
  routes: readonly Route[];
  log: AccessLog;
  /** PEM files of the server's certificate and key. */
  certificate: string;
  key: string;
  /** File with `USER@REALM!ID=UUID`, read at every request so that a new token counts at once. */
  tokenFile: string;
  /** The node that a client of the API talks to. */
  node: string;
}

const largestBody = 1024 * 1024;
const keepAliveMs = 120_000;

/** PVE's HTTPS API under /api2/json. */
export function httpsApi(options: HttpsApiOptions): https.Server {
  const tls = { cert: fs.readFileSync(options.certificate), key: fs.readFileSync(options.key) };
  const server = https.createServer(tls, (request, response) => {
    void answer(options, request, response);
  });
  // Node's own 5 seconds end a connection just when a client on a busy machine uses it again.
  server.keepAliveTimeout = keepAliveMs;
  return server;
}

async function answer(
  options: HttpsApiOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const since = Date.now();
  const url = new URL(request.url ?? "/", "https://pve");
  const method = request.method ?? "GET";
  let user = "";
  let parameters: RawParameters = {};
  let reply: Reply;
  try {
    user = authenticate(request.headers.authorization, options.tokenFile);
    parameters = parametersOf(url.searchParams, await bodyOf(request));
    const data = await route(options, user, method, url.pathname, parameters);
    reply = { status: 200, reason: "OK", body: { data } };
  } catch (error) {
    reply = refusalReply(error);
  }
  response.writeHead(reply.status, reply.reason, {
    "Content-Type": "application/json;charset=UTF-8",
    "Cache-Control": "max-age=0",
    Server: "pve-api-daemon/3.0",
  });
  response.end(JSON.stringify(reply.body));
  const { node } = options;
  const path = url.pathname.replace(/^\/api2\/json/, "");
  options.log.write({
    via: "api",
    user,
    node,
    request: `${method} ${path}`,
    parameters,
    result: reply.status,
    milliseconds: Date.now() - since,
  });
}

async function route(
  options: HttpsApiOptions,
  user: string,
  method: string,
  pathname: string,
  parameters: RawParameters,
): Promise<unknown> {
  const { cluster, routes, node } = options;
  const prefix = "/api2/json/";
  if (!pathname.startsWith(prefix)) throw new PveFailure(`no such file '${pathname}'`);
  const path = `/${decodeURIComponent(pathname.slice(prefix.length))}`;
  const match = findRoute(routes, method as Method, path);
  if (!match) throw new PveFailure(`Method '${method} ${path}' not implemented`, 255, 501);
  // What a command line tool would print on standard error goes to PVE's syslog.
  const call = cluster.call({ node, user, via: "api" }, () => undefined);
  return carryOut(cluster, call, match, parameters);
}

function authenticate(header: string | undefined, tokenFile: string): string {
  const given = /^PVEAPIToken=([^=\s]+)=(\S+)$/.exec(header ?? "");
  if (!given) throw new PveFailure("No ticket", 255, 401);
  const [, user = "", secret = ""] = given;
  const known = fs.readFileSync(tokenFile, "utf8").trim();
  const [knownUser = "", knownSecret = ""] = known.split("=", 2);
  if (user !== knownUser) {
    const [account = "", id = ""] = user.split("!", 2);
    throw new PveFailure(`no such token '${id}' for user '${account}'`, 255, 401);
  }
  const digest = (value: string) => crypto.createHash("sha256").update(value).digest();
  if (!crypto.timingSafeEqual(digest(secret), digest(knownSecret))) {
    throw new PveFailure("invalid token value!", 255, 401);
  }
  return user;
}

async function bodyOf(request: IncomingMessage): Promise<URLSearchParams | RawParameters> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > largestBody) throw new PveFailure("for data too large", 255, 413);
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString("utf8");
  if (!/^application\/json\b/.test(request.headers["content-type"] ?? "")) {
    return new URLSearchParams(text);
  }
  const values = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(String) : jsonText(value),
    ]),
  );
}

function jsonText(value: unknown): string {
  return typeof value === "boolean" ? (value ? "1" : "0") : String(value);
}

function parametersOf(
  query: URLSearchParams,
  body: URLSearchParams | RawParameters,
): RawParameters {
  const all: RawParameters = {};
  for (const source of [query, body]) {
    if (!(source instanceof URLSearchParams)) {
      Object.assign(all, source);
      continue;
    }
    for (const name of new Set(source.keys())) {
      const values = source.getAll(name);
      all[name] = values.length === 1 ? (values[0] ?? "") : values;
    }
  }
  return all;
}

interface Reply {
  status: number;
  reason: string;
  body: Record<string, unknown>;
}

function refusalReply(error: unknown): Reply {
  let refusal: ParameterError | PveFailure;
  try {
    refusal = asRefusal(error);
  } catch (fault) {
    console.error(fault);
    const reason = `fault in the lab's PVE stand-in: ${(fault as Error).message}`;
    return { status: 500, reason: statusLine(reason), body: { data: null, message: reason } };
  }
  if (refusal instanceof PveFailure) {
    const { status, message } = refusal;
    return { status, reason: statusLine(message), body: { data: null, message: `${message}\n` } };
  }
  const { title, errors } = refusal;
  return { status: 400, reason: title, body: { data: null, errors, message: `${title}\n` } };
}

// PVE puts the first line of its message into the status line; HTTP wants it in Latin-1.
function statusLine(message: string): string {
  return (message.split("\n", 1)[0] ?? "").replace(/[^\x20-\x7e]/g, "?");
}

import * as crypto from "node:crypto";
import * as fs from "node:fs";
import * as net from "node:net";
import type { AccessLog } from "./access-log";
import type { Route } from "./api";
import type { Cluster } from "./cluster";
import { pvesh } from "./pvesh-command";

export interface PveshServerOptions {
  cluster: Cluster;
  routes: readonly Route[];
  log: AccessLog;
  /** File with the secret that the nodes have in /etc/pve/priv/lab-standin.key. */
  keyFile: string;
}

const largestRequest = 1024 * 1024;

/**
 * The port behind the nodes' `pvesh`. Request, in lines: `pvesh 1`, the secret, the node's name,
 * the number of arguments, then each argument in hexadecimal. Answer: frames `O LENGTH` and
 * `E LENGTH`, each followed by so many bytes of standard output or error, and at last `X CODE`.
 * The answer goes on while a worker runs; a connection that ends without `X` was cut.
 */
export function pveshServer(options: PveshServerOptions): net.Server {
  return net.createServer((socket) => {
    // A client that went away takes nothing with it: its worker goes on.
    socket.on("error", () => undefined);
    let received = "";
    const take = (data: Buffer) => {
      received += data.toString("latin1");
      const request = parseRequest(received);
      if (request === undefined && received.length < largestRequest) return;
      socket.off("data", take);
      socket.resume();
      void serve(options, socket, request);
    };
    socket.on("data", take);
  });
}

interface PveshRequest {
  key: string;
  node: string;
  argv: string[];
}

/** Undefined while the request is not complete; null for something else. */
function parseRequest(received: string): PveshRequest | null | undefined {
  const lines = received.split("\n");
  if (lines.length > 1 && lines[0] !== "pvesh 1") return null;
  const [, key, node, count, ...rest] = lines;
  // The last piece has no newline yet.
  if (count === undefined || rest.length === 0) return undefined;
  if (!/^\d{1,4}$/.test(count)) return null;
  if (rest.length <= Number(count)) return undefined;
  const argv = rest
    .slice(0, Number(count))
    .map((argument) => Buffer.from(argument, "hex").toString("utf8"));
  return { key: key ?? "", node: node ?? "", argv };
}

async function serve(
  options: PveshServerOptions,
  socket: net.Socket,
  request: PveshRequest | null | undefined,
): Promise<void> {
  const { cluster, routes, log } = options;
  const frame = (kind: "O" | "E") => (text: string) => {
    if (text === "" || socket.destroyed) return;
    const bytes = Buffer.from(text, "utf8");
    socket.write(Buffer.concat([Buffer.from(`${kind} ${bytes.length}\n`), bytes]));
  };
  const streams = { out: frame("O"), err: frame("E") };
  const end = (code: number) => socket.end(`X ${code}\n`);
  if (!request || !authentic(request.key, options.keyFile) || !cluster.hasNode(request.node)) {
    streams.err("the lab's PVE stand-in refuses: wrong key or unknown node name\n");
    end(255);
    return;
  }
  const since = Date.now();
  try {
    const done = await pvesh(cluster, routes, request.node, request.argv, streams);
    end(done.exitCode);
    const { request: what, parameters, exitCode } = done;
    const milliseconds = Date.now() - since;
    const { node } = request;
    log.write({
      via: "pvesh",
      user: "root@pam",
      node,
      request: what,
      parameters,
      result: exitCode,
      milliseconds,
    });
  } catch (fault) {
    console.error(fault);
    streams.err(`fault in the lab's PVE stand-in: ${(fault as Error).message}\n`);
    end(255);
  }
}

function authentic(key: string, keyFile: string): boolean {
  const digest = (value: string) => crypto.createHash("sha256").update(value).digest();
  const known = fs.readFileSync(keyFile, "utf8").trim();
  return crypto.timingSafeEqual(digest(key.trim()), digest(known));
}

// The PVE stand-in's HTTPS API in this process, over nodes that take every file and say nothing.
import { readFileSync } from "node:fs";
import * as fs from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { AccessLog } from "../../../lab/pve/access-log";
import { ensureCertificates } from "../../../lab/pve/certificates";
import { Cluster } from "../../../lab/pve/cluster";
import { allRoutes } from "../../../lab/pve/cluster-routes";
import { httpsApi } from "../../../lab/pve/https-api";

export interface PveApi {
  endpoint: string;
  token: string;
  /** PEM file of the authority that made the API's certificate. */
  ca: string;
  /** Requests so far, as "METHOD /path", with what they carried. */
  requests(): { request: string; parameters: Record<string, string | string[]>; result: number }[];
  /** Forgets the requests so far. */
  forget(): void;
  /** What the cluster says itself, past the plugin. */
  get(path: string): Promise<unknown>;
  /** Changes something past the plugin. */
  put(path: string, fields: Record<string, string>): Promise<unknown>;
  close(): Promise<void>;
}

export async function pveApi(): Promise<PveApi> {
  const directory = fs.mkdtempSync(path.join(tmpdir(), "pve-api-"));
  const token = "root@pam!lab=6f0c6f8e-0f3b-4d1c-9a44-1c3d3a6d2f10";
  const tokenFile = path.join(directory, "token");
  fs.writeFileSync(tokenFile, token);
  const { ca, certificate, key } = await ensureCertificates(
    directory,
    path.join(directory, "secrets"),
    [],
  );
  const shell = {
    run: () => Promise.resolve({ code: 0, stdout: "", stderr: "" }),
    reachable: () => Promise.resolve(true),
  };
  const nodes = [{ id: 1, name: "pve01", address: "10.0.10.1" }];
  const cluster = new Cluster({ version: "9.1", nodes, stateDir: directory, shell });
  const file = path.join(directory, "access.log");
  const log = new AccessLog(file);
  const routes = allRoutes(cluster.data);
  const server = httpsApi({ cluster, routes, log, certificate, key, tokenFile, node: "pve01" });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const direct = async (method: string, at: string, fields?: Record<string, string>) => {
    const { Api } = await import("../../../lab/toolchain/stand-ins/proxmoxve/api");
    const api = new Api({ endpoint, apiToken: token, insecure: true, minTls: "1.3" });
    return api.call(method === "PUT" ? "PUT" : "GET", at, fields);
  };
  return {
    endpoint,
    token,
    ca,
    requests: () =>
      fs.existsSync(file)
        ? readFileSync(file, "utf8")
            .split("\n")
            .filter(Boolean)
            .map((line) => JSON.parse(line) as ReturnType<PveApi["requests"]>[number])
        : [],
    forget: () => fs.rmSync(file, { force: true }),
    get: (at) => direct("GET", at),
    put: (at, fields) => direct("PUT", at, fields),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      fs.rmSync(directory, { recursive: true, force: true });
    },
  };
}

import * as path from "node:path";
import type { Server } from "node:net";
import { AccessLog } from "./access-log";
import { Cluster } from "./cluster";
import { allRoutes } from "./cluster-routes";
import { httpsApi } from "./https-api";
import { opensshShell } from "./node-shell";
import { livingPid, writeWhole } from "./process-file";
import { pveshServer } from "./pvesh-server";
import { readSettings, type PveSettings } from "./settings";

/** Starts both servers of the stand-in and resolves when they listen. */
export async function serve(settings: PveSettings): Promise<Server[]> {
  const { nodes, stateDir, sshConfig, version } = settings;
  const cluster = new Cluster({ version, nodes, stateDir, shell: opensshShell(sshConfig) });
  const routes = allRoutes(cluster.data);
  const log = new AccessLog(path.join(stateDir, "access.log"));
  const node = nodes[0]?.name ?? "";
  const { certificate, key, tokenFile, pveshKeyFile } = settings;
  const api = httpsApi({ cluster, routes, log, certificate, key, tokenFile, node });
  const pvesh = pveshServer({ cluster, routes, log, keyFile: pveshKeyFile });
  await listen(api, settings.apiPort);
  await listen(pvesh, settings.pveshPort);
  return [api, pvesh];
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** The process `main.ts SETTINGS.json`: serves until it gets a signal. */
async function main(): Promise<void> {
  const file = process.argv[2];
  if (!file) throw new Error("usage: main.ts SETTINGS.json");
  const settings = readSettings(file);
  const other = livingPid(settings.pidFile, [file]);
  if (other !== undefined) throw new Error(`process ${other} serves this cluster already`);
  writeWhole(settings.pidFile, `${process.pid}\n`, 0o600);
  await serve(settings);
  // Every change is on disk when it is answered, so there is nothing to finish.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.on(signal, () => process.exit(0));
  }
  console.log(`${new Date().toISOString()} PVE stand-in listens`);
}

if (require.main === module) {
  main().catch((error: Error) => {
    console.error(`PVE stand-in: ${error.message}`);
    process.exit(1);
  });
}

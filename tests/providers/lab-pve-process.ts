import { spawn, type ChildProcess } from "node:child_process";
import * as fs from "node:fs";
import * as https from "node:https";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { claimPorts } from "../../lab/ports";
import { labPaths } from "../../lab/paths";
import { ensureCertificates } from "../../lab/pve/certificates";
import { healthy } from "../../lab/pve/health";
import type { PveSettings } from "../../lab/pve/settings";

export const root = path.join(__dirname, "../..");
export const token = "root@pam!lab=5f1c3e1e-0000-4000-8000-000000000001";
export const pveshKey = "a-secret-of-the-nodes";

export interface Answer {
  status: number;
  reason: string;
  body: { data: unknown; errors?: Record<string, string>; message?: string };
}

/** The stand-in as a process of its own, in a directory of its own, with nodes that never answer. */
export class StandInProcess {
  readonly home = fs.mkdtempSync(path.join(os.tmpdir(), "lab-pve-"));
  settings!: PveSettings;
  ca = "";
  private child: ChildProcess | undefined;

  /** Makes certificates, ports and settings, and starts it. */
  async prepare(): Promise<void> {
    const { home } = this;
    const made = await ensureCertificates(home, path.join(home, "secrets"), ["pve01"]);
    const { ports } = await claimPorts(labPaths(path.join(home, "checkout")), []);
    const tokenFile = path.join(home, "token");
    const pveshKeyFile = path.join(home, "pvesh-key");
    fs.writeFileSync(tokenFile, `${token}\n`);
    fs.writeFileSync(pveshKeyFile, `${pveshKey}\n`);
    const sshConfig = path.join(home, "ssh_config");
    const names = ["pve01", "pve02"];
    // Nothing listens where this leads.
    const hosts = names.map(
      (name) => `Host ${name}\n  HostName 127.0.0.1\n  Port ${ports.pve01}\n`,
    );
    fs.writeFileSync(sshConfig, hosts.join("\n"));
    this.ca = made.ca;
    this.settings = {
      version: "9.1",
      nodes: names.map((name, at) => ({ id: at + 1, name, address: `10.0.10.${at + 1}` })),
      apiPort: ports.pveApi,
      pveshPort: ports.pvesh,
      sshConfig,
      stateDir: path.join(home, "pve"),
      pidFile: path.join(home, "pve.pid"),
      certificate: made.certificate,
      key: made.key,
      tokenFile,
      pveshKeyFile,
    };
    await this.start();
  }

  async start(): Promise<void> {
    const file = path.join(this.home, "settings.json");
    fs.writeFileSync(file, JSON.stringify(this.settings));
    const main = path.join(root, "lab/pve/main.ts");
    this.child = spawn(process.execPath, ["--import", "tsx", main, file], {
      cwd: root,
      stdio: "ignore",
    });
    const end = Date.now() + 30_000;
    while (!(await healthy(this.settings, this.ca))) {
      if (Date.now() > end) throw new Error("the stand-in does not answer");
      await pause(50);
    }
  }

  /** Ends the process and waits until it is gone. */
  end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this;
    return new Promise((resolve) => {
      if (!child || child.exitCode !== null || child.signalCode !== null) return resolve();
      child.once("exit", () => resolve());
      child.kill(signal);
    });
  }

  async remove(): Promise<void> {
    await this.end("SIGTERM");
    fs.rmSync(this.home, { recursive: true });
  }

  /** One HTTPS request with a form as its body. */
  call(
    method: string,
    where: string,
    form: [string, string][] = [],
    authorization = `PVEAPIToken=${token}`,
  ): Promise<Answer> {
    const body = new URLSearchParams(form).toString();
    const headers = {
      ...(authorization ? { Authorization: authorization } : {}),
      ...(body ? { "Content-Type": "application/x-www-form-urlencoded" } : {}),
    };
    const options = {
      host: "127.0.0.1",
      port: this.settings.apiPort,
      method,
      path: `/api2/json${where}`,
      ca: fs.readFileSync(this.ca),
      headers,
      agent: false as const,
    };
    return new Promise((resolve, reject) => {
      const request = https.request(options, (response) => {
        let text = "";
        response.on("data", (data: Buffer) => (text += data.toString("utf8")));
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            reason: response.statusMessage ?? "",
            body: JSON.parse(text) as Answer["body"],
          }),
        );
      });
      request.on("error", reject);
      request.end(body);
    });
  }
}

/** A controller as the Pulumi provider sends one: lists repeated. */
export const controllerForm: [string, string][] = [
  ["controller", "frr"],
  ["type", "evpn"],
  ["asn", "4200001000"],
  ["peers", "10.255.0.1"],
  ["peers", "10.255.0.2"],
];

// The Proxmox VE API as the provider calls it: HTTPS, form bodies, never a digest or a lock token.
import * as https from "node:https";
import type { SecureVersion } from "node:tls";
import type { Properties, Value } from "../wire";
import { trustedAuthorities } from "./trust";

/** Form or query fields; a list is sent as the same field again and again. */
export type Form = Record<string, string | number | string[] | undefined>;

type Method = "GET" | "POST" | "PUT" | "DELETE";

/** The object that was asked for is not there: HTTP 404, or 500 whose text says so. */
export class DoesNotExist extends Error {}

const timeout = 5 * 60 * 1000; // the real client's

export interface ApiConfig {
  /** `https://HOST:PORT`, without `/api2/json`. */
  endpoint: string;
  /** `USER@REALM!ID=UUID`. */
  apiToken: string;
  insecure: boolean;
  /** 1.0 to 1.3. */
  minTls: string;
}

function fields(form: Form): string {
  const encoded = new URLSearchParams();
  for (const name of Object.keys(form).sort()) {
    const value = form[name];
    for (const item of Array.isArray(value) ? value : value === undefined ? [] : [value]) {
      encoded.append(name, String(item));
    }
  }
  return encoded.toString();
}

function reasonOf(response: { statusMessage?: string }, body: string): string {
  const status = response.statusMessage?.trim() ?? "";
  try {
    const parsed = JSON.parse(body) as { errors?: Record<string, string>; message?: string };
    // PVE puts its message into the status line, where only one line of it fits.
    const message = parsed.message?.trim();
    const reason = message && !status.includes(message) ? message : status;
    const errors = Object.entries(parsed.errors ?? {}).map(([k, v]) => `${k}: ${v.trimEnd()}`);
    return errors.length > 0 ? `${reason} (${errors.join(" - ")})` : reason;
  } catch {
    return status;
  }
}

export class Api {
  private agent?: https.Agent;

  constructor(private readonly config: ApiConfig) {}

  private connection(): https.Agent {
    // Made at the first request: a preview makes none and shouldn't read the system's authorities.
    this.agent ??= new https.Agent({
      keepAlive: true,
      minVersion: `TLSv${this.config.minTls}` as SecureVersion,
      ...(this.config.insecure ? { rejectUnauthorized: false } : { ca: trustedAuthorities() }),
    });
    return this.agent;
  }

  /**
   * One call; `path` is relative to `/api2/json/`.
   * @returns the answer's `data`
   * @throws DoesNotExist, or Error with the server's words
   */
  async call(method: Method, path: string, form: Form = {}): Promise<Value> {
    const encoded = fields(form);
    const inBody = method === "POST" || method === "PUT";
    const target = inBody || !encoded ? path : `${path}?${encoded}`;
    const failed = (what: string, why: string) =>
      new Error(`failed to ${what} HTTP ${method} request (path: ${target}) - Reason: ${why}`);
    const url = new URL(`${this.config.endpoint.replace(/\/+$/, "")}/api2/json/${target}`);
    const options: https.RequestOptions = {
      method,
      agent: this.connection(),
      timeout,
      headers: {
        Accept: "application/json",
        Authorization: `PVEAPIToken=${this.config.apiToken}`,
        ...(inBody && encoded ? { "Content-Type": "application/x-www-form-urlencoded" } : {}),
        ...(inBody ? { "Content-Length": Buffer.byteLength(encoded) } : {}),
      },
    };
    const { response, body } = await new Promise<{
      response: { statusCode?: number; statusMessage?: string };
      body: string;
    }>((resolve, reject) => {
      const request = https.request(url, options, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        answer.on("end", () => resolve({ response: answer, body: text })).on("error", reject);
      });
      request.on("timeout", () => request.destroy(new Error(`no answer in ${timeout / 1000} s`)));
      request.on("error", reject);
      request.end(inBody ? encoded : undefined);
    }).catch((error: Error) => {
      throw failed("perform", `${method} ${url.origin}: ${error.message}`);
    });
    const status = response.statusCode ?? 0;
    if (status < 200 || status >= 300) {
      const reason = reasonOf(response, body);
      const text = `received an HTTP ${status} response - Reason: ${reason}`;
      const gone = status === 404 || (status === 500 && reason.includes("does not exist"));
      throw gone ? new DoesNotExist(text) : new Error(text);
    }
    if (!body.trim()) return null;
    try {
      return (JSON.parse(body) as { data?: Value }).data ?? null;
    } catch (error) {
      throw failed("decode", (error as Error).message);
    }
  }

  /** A GET whose answer must be one object. */
  async object(path: string, form: Form = {}): Promise<Properties> {
    const data = await this.call("GET", path, form);
    if (typeof data === "object" && data !== null && !Array.isArray(data)) return data;
    throw new Error("the server did not include a data object in the response");
  }

  /** Waits for a task's end, asking each second; warnings count as success. @throws its failure */
  async task(upid: string): Promise<void> {
    const node = upid.split(":")[1] ?? "";
    for (;;) {
      const path = `nodes/${encodeURIComponent(node)}/tasks/${encodeURIComponent(upid)}/status`;
      const { status, exitstatus } = await this.object(path);
      if (status !== "running") {
        if (exitstatus === "OK" || /^WARNINGS: \d+$/.test(String(exitstatus))) return;
        throw new Error(`task "${upid}" failed to complete with exit code: ${String(exitstatus)}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

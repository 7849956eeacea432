import * as fs from "node:fs";

/** One request, whichever way it came. */
export interface Access {
  via: "api" | "pvesh";
  user: string;
  /** The node that was asked. */
  node: string;
  /** `GET /cluster/sdn/zones`. */
  request: string;
  parameters?: Record<string, string | string[]>;
  /** HTTP status, or the exit code of pvesh. */
  result: number;
  milliseconds: number;
}

/** Writes requests to `.lab/pve/access.log`, a JSON object a line; never a token of any kind. */
export class AccessLog {
  constructor(private readonly file: string) {}

  write(access: Access): void {
    const parameters = { ...access.parameters };
    if ("lock-token" in parameters) parameters["lock-token"] = "…";
    const line = { time: new Date().toISOString(), ...access, parameters };
    fs.appendFileSync(this.file, `${JSON.stringify(line)}\n`, { mode: 0o600 });
  }
}

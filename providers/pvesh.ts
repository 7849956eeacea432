import type { z } from "zod";
import { ExecOptions, ExecResult, quoteArgv, SshSession } from "./ssh";

export type PveshVerb = "get" | "create" | "set" | "delete";
export type PveshParams = Record<string, string | number | boolean | undefined>;

/** PVE refused a call; the message is PVE's own, without Perl's `at … line N.` */
export class PveshError extends Error {
  constructor(
    readonly node: string,
    readonly call: string,
    readonly detail: string,
  ) {
    super(`Unable to run \`${call}\` on ${node}: ${detail}`);
    this.name = "PveshError";
  }

  /** PVE answers "not there" as an ordinary failure, known only by its text. */
  get notFound(): boolean {
    return /does not exist/.test(this.detail);
  }
}

/**
 * Cuts what Perl adds to its messages (` at FILE line N.`, with or without the file), and pvesh's usage
 * line.
 */
export function pveMessage(stderr: string): string {
  return stderr
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("pvesh "))
    .map((line) => line.replace(/ at\s+(\S+\s+)?line \d+(, <\S+> line \d+)?\.?\s*$/, "").trim())
    .join("; ");
}

function optionArgs(params: PveshParams): string[] {
  return Object.entries(params).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return [`--${name}`, typeof value === "boolean" ? (value ? "1" : "0") : String(value)];
  });
}

/** Proxmox VE's API through `pvesh` on one node, which needs no login beyond SSH. */
export class Pvesh {
  constructor(private readonly session: SshSession) {}

  get node(): string {
    return this.session.node;
  }

  /** The same node's shell, for what `pvesh` has no call for. */
  get shell(): SshSession {
    return this.session;
  }

  /**
   * JSON of a GET, asked again where the connection was lost.
   * @throws PveshError when PVE refuses, or when the answer is not JSON
   */
  async get(path: string, params: PveshParams = {}): Promise<unknown> {
    const { stdout } = await this.run("get", path, params, { repeatable: true });
    try {
      return JSON.parse(stdout);
    } catch {
      throw new PveshError(this.node, `pvesh get ${path}`, "the answer is not JSON");
    }
  }

  /**
   * The answer to a GET, held to a schema.
   * @throws PveshError when PVE refuses, or answers something else
   */
  async read<T>(path: string, schema: z.ZodType<T>, params: PveshParams = {}): Promise<T> {
    const parsed = schema.safeParse(await this.get(path, params));
    if (parsed.success) return parsed.data;
    const problems = parsed.error.issues.slice(0, 3).map((issue) => {
      const at = issue.path.length > 0 ? `${issue.path.join(".")}: ` : "";
      return `${at}${issue.message}`;
    });
    const detail = `the answer is not what this program knows (${problems.join("; ")})`;
    throw new PveshError(this.node, `pvesh get ${path}`, detail);
  }

  /**
   * Standard output of a writing call. It runs once: after a lost connection nobody knows whether it
   * was carried out.
   * @throws PveshError when PVE refuses
   */
  async write(
    verb: Exclude<PveshVerb, "get">,
    path: string,
    params: PveshParams = {},
    options: Pick<ExecOptions, "timeoutMs" | "onOutput"> = {},
  ): Promise<string> {
    return (await this.run(verb, path, params, options)).stdout;
  }

  private async run(
    verb: PveshVerb,
    path: string,
    params: PveshParams,
    options: ExecOptions,
  ): Promise<ExecResult> {
    const argv = ["pvesh", verb, path, ...optionArgs(params), "--output-format", "json"];
    // </dev/null: pvesh reads nothing, and a closed stdin keeps it from asking.
    const result = await this.session.exec(`${quoteArgv(argv)} </dev/null`, options);
    if (result.code === 0) return result;
    const detail =
      pveMessage(result.stderr) || pveMessage(result.stdout) || `exit code ${result.code}`;
    throw new PveshError(this.node, `pvesh ${verb} ${path}`, detail);
  }
}

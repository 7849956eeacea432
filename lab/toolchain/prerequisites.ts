// What must be on the machine before anything else, checked at once and named in one message.
import { execFileSync } from "node:child_process";
import { onPath } from "./find";

/** The version of the Go toolchain, for example "1.25.4"; nothing when there is none. */
export function goVersion(): string | undefined {
  if (!onPath("go")) return undefined;
  try {
    // Outside of any module, so that no go.mod makes it fetch another toolchain to answer.
    const out = execFileSync("go", ["env", "GOVERSION"], { cwd: "/", encoding: "utf8" });
    return out.trim().replace(/^go/, "");
  } catch {
    return undefined;
  }
}

function olderThan(version: string, major: number, minor: number): boolean {
  const [a = 0, b = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  return a < major || (a === major && b < minor);
}

export interface Needs {
  /** The CLI has to be built. */
  go: boolean;
  /** The command stand-in is going to be used: it runs the machine's own OpenSSH client. */
  ssh: boolean;
}

/** One line for each prerequisite that is missing or too old. */
export function missingPrerequisites(
  needs: Needs,
  found = {
    node: process.versions.node,
    go: needs.go ? goVersion() : undefined,
    ssh: needs.ssh ? onPath("ssh") : undefined,
  },
): string[] {
  const missing: string[] = [];
  if (olderThan(found.node, 20, 0)) missing.push(`Node.js 20 or newer (this is ${found.node})`);
  if (needs.go && (!found.go || olderThan(found.go, 1, 25))) {
    const why = found.go ? `this is ${found.go}` : "there is no `go` on PATH";
    missing.push(
      `Go 1.25 or newer, to build the Pulumi CLI (${why}); an installed \`pulumi\` will do instead`,
    );
  }
  if (needs.ssh && !found.ssh) missing.push("the OpenSSH client (there is no `ssh` on PATH)");
  return missing;
}

/** @throws Error that names everything that is missing */
export function requirePrerequisites(needs: Needs): void {
  const missing = missingPrerequisites(needs);
  if (missing.length === 0) return;
  throw new Error(
    `The lab needs what this machine does not have:\n${missing.map((line) => `  - ${line}`).join("\n")}\n` +
      "Install it and run the same command again. Nothing was changed.",
  );
}

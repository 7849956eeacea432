import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";

/**
 * Makes a Pulumi stack unless it is there, and leaves the project's `Pulumi.<stack>.yaml` alone.
 * `pulumi stack init` and `stack select --create` have no --config-file: they write an
 * `encryptionsalt` into that file, which is tracked by git. So the stack is made from a directory
 * that has nothing but the project's name.
 * @param root directory of Pulumi.yaml
 * @param environment of `labEnvironment`
 * @throws Error with the CLI's own words
 */
export async function ensureStackExists(
  root: string,
  stack: string,
  environment: NodeJS.ProcessEnv,
): Promise<void> {
  const file = path.join(root, "Pulumi.yaml");
  const name = (await readFile(file, "utf8")).match(/^name:\s*["']?([^\s"'#]+)/m)?.[1];
  if (!name) throw new Error(`${file}: the project has no name.`);
  const scratch = await mkdtemp(path.join(tmpdir(), "pulumi-stack-"));
  try {
    await writeFile(path.join(scratch, "Pulumi.yaml"), `name: ${name}\nruntime: nodejs\n`);
    const args = ["stack", "init", stack, "--no-select", "--non-interactive", "--cwd", scratch];
    await new Promise<void>((resolve, reject) => {
      execFile("pulumi", args, { env: environment }, (error, stdout, stderr) => {
        if (!error || /already exists/.test(stderr)) resolve();
        else
          reject(new Error(`The stack ${stack} could not be made: ${(stderr || stdout).trim()}`));
      });
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

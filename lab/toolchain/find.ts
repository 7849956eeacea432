// Looks for programs and Pulumi plugins that are already on the machine.
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** Whether `file` is an ordinary file that can be run. */
export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * The first program of that name on PATH.
 * @param without directories that don't count: the lab's own
 */
export function onPath(
  name: string,
  without: readonly string[] = [],
  searched = process.env.PATH ?? "",
): string | undefined {
  const skipped = new Set(without.map((directory) => path.resolve(directory)));
  return searched
    .split(path.delimiter)
    .filter((directory) => directory && !skipped.has(path.resolve(directory)))
    .map((directory) => path.join(directory, name))
    .find(isProgram);
}

/** A program beside another one, links followed: where Pulumi looks for what it ships with. */
export function beside(program: string, name: string): string | undefined {
  const candidate = path.join(path.dirname(realpathSync(program)), name);
  return isProgram(candidate) ? candidate : undefined;
}

/** The user's Pulumi home, where plugins get installed; the lab's own doesn't count. */
export function userPulumiHome(labHome: string, env: NodeJS.ProcessEnv = process.env): string {
  const given = env.PULUMI_HOME && path.resolve(env.PULUMI_HOME);
  return given && given !== labHome ? given : path.join(os.homedir(), ".pulumi");
}

/** Name of a resource plugin's directory below `plugins` of a Pulumi home: one exact version. */
export function pluginDirectory(name: string, version: string): string {
  return `resource-${name}-v${version}`;
}

/** A completely installed resource plugin of that very version in a Pulumi home. */
export function installedPlugin(home: string, name: string, version: string): string | undefined {
  const directory = path.join(home, "plugins", pluginDirectory(name, version));
  try {
    statSync(`${directory}.partial`);
    return undefined; // an installation that did not end
  } catch {
    const program = path.join(directory, `pulumi-resource-${name}`);
    return isProgram(program) ? program : undefined;
  }
}

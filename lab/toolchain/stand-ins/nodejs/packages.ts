// What the program's package.json depends on, read from disk.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";

export interface Dependency {
  name: string;
  /** As written in package.json: a range. */
  version: string;
}

/** A Pulumi plugin that an installed package wants. */
export interface RequiredPlugin {
  name: string;
  version: string;
  /** Where plugins that Pulumi doesn't host come from. */
  server?: string;
}

interface Manifest {
  name?: string;
  version?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  pulumi?: { resource?: boolean; name?: string; version?: string; server?: string };
}

function manifest(file: string): Manifest {
  return JSON.parse(readFileSync(file, "utf8")) as Manifest;
}

/** @throws Error when `directory` has no readable package.json */
export function dependencies(directory: string): Dependency[] {
  const { dependencies: own, devDependencies } = manifest(path.join(directory, "package.json"));
  return Object.entries({ ...own, ...devDependencies }).map(([name, version]) => ({
    name,
    version,
  }));
}

/** The plugins of the program's direct dependencies; none where package.json is missing. */
export function requiredPlugins(directory: string): RequiredPlugin[] {
  const from = createRequire(path.join(directory, "package.json"));
  const found: RequiredPlugin[] = [];
  for (const { name } of safeDependencies(directory)) {
    try {
      const { pulumi, version } = manifest(from.resolve(`${name}/package.json`));
      if (!pulumi?.resource) continue;
      found.push({
        name: pulumi.name ?? name.replace(/^@[^/]*\//, ""),
        version: pulumi.version ?? version ?? "",
        ...(pulumi.server ? { server: pulumi.server } : {}),
      });
    } catch {
      continue; // a package that is not installed, or hides its manifest, wants no plugin
    }
  }
  return found;
}

function safeDependencies(directory: string): Dependency[] {
  try {
    return dependencies(directory);
  } catch {
    return [];
  }
}

/** Resolves a file of the SDK as the program in `directory` would. @throws Error saying what to do */
export function sdkFile(file: string, directory: string): string {
  try {
    return createRequire(path.join(directory, "package.json")).resolve(`@pulumi/pulumi/${file}`);
  } catch {
    throw new Error(`${directory}: @pulumi/pulumi is not installed. Run \`npm ci\` there.`);
  }
}

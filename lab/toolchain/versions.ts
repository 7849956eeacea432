// Which versions this checkout uses. Each stands in one place: the CLI's in the tools module, the
// plugins' in the npm packages that are pinned in package.json.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import * as path from "node:path";
import type { Layout } from "./layout";

export const cliModule = "github.com/pulumi/pulumi/pkg/v3";

/** The Pulumi CLI's version, for example "3.259.0". */
export function cliVersion(layout: Layout): string {
  const file = path.join(layout.tools, "go.mod");
  const line = readFileSync(file, "utf8").match(/github\.com\/pulumi\/pulumi\/pkg\/v3 v(\S+)/);
  if (!line?.[1]) throw new Error(`${file} does not require ${cliModule}`);
  return line[1];
}

/** A resource plugin that an npm package of this checkout asks for. */
export interface PluginVersion {
  /** `command` of `pulumi-resource-command`. */
  name: string;
  version: string;
  /** Where it is downloaded from when not from Pulumi itself. */
  server?: string;
}

/** @param npmPackage for example "@pulumi/command" @throws Error when it is not installed */
export function pluginVersion(layout: Layout, npmPackage: string): PluginVersion {
  const resolve = createRequire(path.join(layout.root, "package.json")).resolve;
  const { pulumi } = JSON.parse(readFileSync(resolve(`${npmPackage}/package.json`), "utf8")) as {
    pulumi: PluginVersion;
  };
  return pulumi;
}

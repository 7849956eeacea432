import { existsSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import { ensureStackExists } from "../../../lab/toolchain/stack";
import type { Project } from "./engine";
import { project } from "./engine";

jest.setTimeout(180_000);

let work: Project;
beforeEach(async () => {
  work = await project();
});
afterEach(() => work.close());

const withConfig = (file: string) => ({ ...work.environment, PULUMI_OPTION_CONFIG_FILE: file });

test("a stack is made once, beside a tracked config file that stays as it is", async () => {
  const tracked = path.join(work.directory, "Pulumi.lab.yaml");
  const generated = path.join(work.directory, "generated.yaml");
  writeFileSync(tracked, "config:\n  test:from: tracked\n");
  writeFileSync(generated, "config:\n  test:from: generated\n");
  const environment = withConfig(generated);
  await ensureStackExists(work.directory, "lab", environment);
  await ensureStackExists(work.directory, "lab", environment);

  Object.assign(work.environment, environment);
  work.program(`import { Config } from "@pulumi/pulumi";
    const config = new Config();
    export const seen = config.require("from");
    export const hidden = config.requireSecret("hidden");`);
  const set = await work.pulumi("config", "set", "--secret", "hidden", "x", "--stack", "lab");
  expect(set).toMatchObject({ code: 0 });
  for (const command of ["preview", "up", "refresh"]) {
    const yes = command === "preview" ? [] : ["--yes", "--skip-preview"];
    expect(await work.pulumi(command, ...yes, "--stack", "lab")).toMatchObject({ code: 0 });
  }
  const { output } = await work.pulumi("stack", "output", "seen", "--stack", "lab");
  expect(output.trim()).toBe("generated");
  expect(await work.pulumi("destroy", "--yes", "--stack", "lab")).toMatchObject({ code: 0 });
  expect(readFileSync(tracked, "utf8")).toBe("config:\n  test:from: tracked\n");
  expect(readFileSync(generated, "utf8")).toContain("encryptionsalt");
});

test("what Pulumi says of a bad name is passed on", async () => {
  const bad = ensureStackExists(work.directory, "no such/name/at/all", work.environment);
  await expect(bad).rejects.toThrow(/^The stack no such\/name\/at\/all could not be made: error: /);
  expect(existsSync(path.join(work.directory, "Pulumi.no such.yaml"))).toBe(false);
});

// The language host's stand-in under a real engine.
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import * as path from "node:path";
import type { Project } from "./engine";
import { project } from "./engine";

jest.setTimeout(180_000);

let work: Project;

beforeEach(async () => {
  work = await project();
});
afterEach(() => work.close());

/**
 * A provider whose state carries no code: each method loads the implementation where it runs. That
 * process is plain node, so TypeScript has to be made known to it first.
 */
const method = (name: string) =>
  `${name}: (...args: unknown[]) => {
     require("tsx/cjs");
     return require(process.cwd() + "/impl/note").${name}(...args);
   },`;
const stub = `const stub: pulumi.dynamic.ResourceProvider = {
  ${["configure", "diff", "create", "read", "delete"].map(method).join("\n")}
};`;

const implementation = `
import * as fs from "node:fs";
let prefix: string = "";
const file = (id: string): string => process.cwd() + "/" + id;
export const configure = async (r: { config: { get(k: string): string | undefined } }) => {
  prefix = r.config.get("prefix") ?? "";
};
export const diff = async (_id: string, o: { text: string }, n: { text: string }) =>
  ({ changes: o.text !== n.text, replaces: ["text"] });
export const create = async (inputs: { text: string }) => {
  fs.writeFileSync(file("note.txt"), prefix + inputs.text);
  return { id: "note.txt", outs: { ...inputs, length: inputs.text.length } };
};
export const read = async (id: string, props: object) =>
  fs.existsSync(file(id)) ? { id, props } : { id: "", props: {} };
const remove = async (id: string) => fs.rmSync(file(id), { force: true });
export { remove as delete };
`;

test("runs dynamic providers in TypeScript whose implementation is loaded where it runs", async () => {
  mkdirSync(path.join(work.directory, "impl"));
  writeFileSync(path.join(work.directory, "impl/note.ts"), implementation);
  work.program(`import * as pulumi from "@pulumi/pulumi";
    ${stub}
    class Note extends pulumi.dynamic.Resource {
      declare readonly length: pulumi.Output<number>;
      constructor(name: string, args: { text: string }) {
        super(stub, name, { length: undefined, ...args }, {});
      }
    }
    export const length = new Note("note", { text: "hello" }).length;`);
  expect(await work.pulumi("config", "set", "prefix", "> ")).toMatchObject({ code: 0 });
  expect(await work.up()).toMatchObject({ code: 0 });
  const note = path.join(work.directory, "note.txt");
  expect(readFileSync(note, "utf8")).toBe("> hello");
  const [resource] = (await work.allResources()).filter(({ id }) => id === "note.txt");
  expect(resource?.outputs).toMatchObject({ length: 5 });
  expect(JSON.stringify(resource?.outputs.__provider).length).toBeLessThan(4000);
  expect(JSON.stringify(resource?.outputs.__provider)).not.toContain("writeFileSync");
  expect(await work.preview()).toEqual([]);
  expect(await work.pulumi("destroy", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
  expect(existsSync(note)).toBe(false);
});

test("shows a program's own error once, and its output", async () => {
  work.program(`console.log("so far so good"); throw new Error("the plan is wrong");`);
  const run = await work.pulumi("preview");
  expect(run.code).not.toBe(0);
  expect(run.output).toContain("so far so good");
  expect(run.output.match(/Error: the plan is wrong/g)).toHaveLength(1);
  expect(run.output).not.toContain("non-zero exit code"); // the program has told it already
});

test("reports a program that ends without a word", async () => {
  work.program(`process.exit(7);`);
  const run = await work.pulumi("preview");
  expect(run.code).not.toBe(0);
  expect(run.output).toContain("Program exited with non-zero exit code: 7");
});

test("hands over config, secret config, the stack and the kind of run", async () => {
  await work.pulumi("config", "set", "plain", "a value");
  await work.pulumi("config", "set", "--secret", "hidden", "a secret value");
  work.program(`import * as pulumi from "@pulumi/pulumi";
    const config = new pulumi.Config();
    export const seen = {
      plain: config.require("plain"),
      hidden: config.requireSecret("hidden").apply((text) => text.length),
      project: pulumi.getProject(), stack: pulumi.getStack(), preview: pulumi.runtime.isDryRun(),
      organization: pulumi.getOrganization(),
    };`);
  expect(await work.up()).toMatchObject({ code: 0 });
  const { output } = await work.pulumi("stack", "output", "--json", "--show-secrets");
  expect(JSON.parse(output)).toEqual({
    seen: {
      plain: "a value",
      hidden: "a secret value".length,
      project: "test",
      stack: "test",
      preview: false,
      organization: "organization",
    },
  });
  expect(work.stateFile()).not.toContain("a secret value");
});

test("names an option of Pulumi.yaml that it does not know", async () => {
  work.close();
  work = await project({ runtimeOptions: "loader: swift" });
  work.program("");
  const run = await work.pulumi("preview");
  expect(run.code).not.toBe(0);
  expect(run.output).toContain("runtime.options.loader is unknown");
});

test("an interrupt reaches the program, and nothing goes on running", async () => {
  const started = path.join(work.directory, "started");
  work.program(`import * as fs from "node:fs";
    process.on("SIGINT", () => { fs.writeFileSync("stopped", ""); process.exit(1); });
    fs.writeFileSync(${JSON.stringify(started)}, String(process.pid));
    setInterval(() => undefined, 1000);`);
  const preview = spawn("pulumi", ["preview", "--non-interactive"], {
    cwd: work.directory,
    env: work.environment,
    stdio: "ignore",
  });
  const until = async (condition: () => boolean) => {
    for (let tries = 0; tries < 600 && !condition(); tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(condition()).toBe(true);
  };
  await until(() => existsSync(started) && readFileSync(started, "utf8") !== "");
  const pid = Number(readFileSync(started, "utf8"));
  preview.kill("SIGINT");
  await until(() => preview.exitCode !== null || preview.signalCode !== null);
  await until(() => !existsSync(`/proc/${pid}`));
  expect(existsSync(path.join(work.directory, "stopped"))).toBe(true);
});

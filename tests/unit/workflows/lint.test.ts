import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { folder, workflow, type Job, type Step } from "../../fixtures/workflow";

const files = fs.readdirSync(folder);
const jobsOf = (file: string) => Object.entries(workflow(file).content.jobs);
const stepsOf = (file: string) => jobsOf(file).flatMap(([, job]) => job.steps);

const KEYS = {
  workflow: ["name", "on", "permissions", "concurrency", "jobs"],
  job: ["name", "if", "runs-on", "timeout-minutes", "environment", "env", "steps"],
  step: ["name", "uses", "with", "if", "env", "run"],
};

/** By commit, with its release beside it; Pulumi's own action by an exact release. */
const PINNED = /^\s*- uses: (\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+|pulumi\/actions@v\d+\.\d+\.\d+)$/;

it("there are the two workflows", () => {
  expect(files.sort()).toEqual(["deploy.yml", "preview.yml"]);
});

describe.each(files)("%s", (file) => {
  const { text, content } = workflow(file);

  it("has only keys that GitHub knows", () => {
    const unknown = (object: object, known: string[]) =>
      Object.keys(object).filter((key) => !known.includes(key));
    expect(unknown(content, KEYS.workflow)).toEqual([]);
    for (const [, job] of jobsOf(file)) expect(unknown(job, KEYS.job)).toEqual([]);
    for (const step of stepsOf(file)) expect(unknown(step, KEYS.step)).toEqual([]);
  });

  it("has no more rights than it says, a bound in time, and no run beside itself", () => {
    expect(content.permissions).toBeDefined();
    expect(content.permissions?.contents).toBe("read");
    expect(content.concurrency?.group).toBeTruthy();
    for (const [, job] of jobsOf(file)) expect(job["timeout-minutes"]).toBeGreaterThan(0);
  });

  it("pins what it uses", () => {
    const uses = text.split("\n").filter((line) => /\buses:/.test(line));
    expect(uses.length).toBeGreaterThan(0);
    expect(uses.filter((line) => !PINNED.test(line))).toEqual([]);
  });

  it("never runs a fork's code with secrets", () => {
    expect(Object.keys(content.on)).not.toContain("pull_request_target");
    if ("pull_request" in content.on) {
      for (const [, job] of jobsOf(file)) {
        expect(job.if).toBe("github.event.pull_request.head.repo.full_name == github.repository");
      }
    }
    const checkouts = stepsOf(file).filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.every((step) => step.with?.["persist-credentials"] === false)).toBe(true);
  });

  it("every step has either an action or a named script", () => {
    for (const step of stepsOf(file)) {
      expect([step.uses, step.run].filter((each) => each !== undefined)).toHaveLength(1);
      if (step.run !== undefined) expect(step.name).toBeTruthy();
    }
  });

  describe.each(stepsOf(file).filter(({ run }) => run !== undefined))("$name", (step: Step) => {
    const [job] = Object.values(content.jobs) as [Job];

    it("is shell that bash can read", () => {
      expect(spawnSync("bash", ["-n", "-c", step.run ?? ""]).status).toBe(0);
    });

    it("gets values by its environment alone: text from outside is never part of a script", () => {
      expect(step.run).not.toContain("${{");
    });

    it("uses only variables that somebody sets", () => {
      const own = [...(step.run ?? "").matchAll(/^\s*([a-z_]+)=/gm)].map(([, name]) => name);
      const set = new Set([
        ...own,
        ...Object.keys(job.env ?? {}),
        ...Object.keys(step.env ?? {}),
        ...job.steps.flatMap(({ run = "" }) =>
          [...run.matchAll(/echo "([A-Z_]+)=.*>>"\$GITHUB_ENV"/g)].map(([, name]) => name),
        ),
        "GITHUB_ENV",
        "GITHUB_REPOSITORY",
      ]);
      const used = [...(step.run ?? "").matchAll(/\$\{?([A-Za-z_]+)/g)].map(([, name]) => name);
      expect(used.filter((name) => !set.has(name))).toEqual([]);
    });
  });
});

it("a deployment is never cut short, and two never run at once", () => {
  expect(workflow("deploy.yml").content.concurrency).toEqual({
    group: "deploy",
    "cancel-in-progress": false,
  });
});

it("the CLI's version is the one that the lab builds", () => {
  const versions = fs.readFileSync(`${folder}/../../lab/toolchain/tools/go.mod`, "utf8");
  const [, built] = /pulumi\/pkg\/v3 v([\d.]+)/.exec(versions) ?? [];
  for (const file of files) {
    const [action] = stepsOf(file).filter(({ uses }) => uses?.startsWith("pulumi/actions@"));
    expect(action?.with?.["pulumi-version"]).toBe(built);
  }
});

// The pull request's workflow, step by step, with the lab's Pulumi, a state in files and a GitHub that
// keeps comments in a file. No cluster is there, and none is asked.
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { silentProgress } from "../../lab/progress";
import { ensureToolchain } from "../../lab/toolchain/ensure";
import { labEnvironment } from "../../lab/toolchain/env";
import { ensureStackExists } from "../../lab/toolchain/stack";
import { GithubComments, githubComments } from "../fixtures/github";
import {
  linkedCheckout,
  root,
  runJob,
  withoutInstalling,
  workflow,
  type RanStep,
} from "../fixtures/workflow";

jest.setTimeout(300_000);

let checkout: string;
let scratch: string;
let github: GithubComments;
let environment: NodeJS.ProcessEnv;

beforeAll(async () => {
  await ensureToolchain(silentProgress);
  checkout = linkedCheckout();
  scratch = fs.mkdtempSync(path.join(os.tmpdir(), "runner-"));
  const bin = path.join(scratch, "bin");
  github = githubComments(bin);
  withoutInstalling(bin);
  const state = path.join(scratch, "state");
  fs.mkdirSync(state);
  const lab = labEnvironment();
  const config = path.join(scratch, "Pulumi.prod.yaml");
  fs.copyFileSync(path.join(root, "Pulumi.prod.yaml"), config);
  environment = {
    ...process.env,
    ...lab,
    PATH: `${bin}${path.delimiter}${lab.PATH}`,
    PULUMI_OPTION_CONFIG_FILE: config,
    ...github.environment,
  };
  delete environment.PULUMI_CONFIG_PASSPHRASE_FILE;
  await ensureStackExists(root, "prod", { ...environment, ...backend() });
});
afterAll(() => {
  fs.rmSync(checkout, { recursive: true, force: true });
  fs.rmSync(scratch, { recursive: true, force: true });
});

const backend = () => ({
  PULUMI_BACKEND_URL: `file://${path.join(scratch, "state")}`,
  PULUMI_CONFIG_PASSPHRASE: "passphrase-of-the-test",
});

function preview(vars: Record<string, string> = {}): Promise<RanStep[]> {
  const { PULUMI_BACKEND_URL, PULUMI_CONFIG_PASSPHRASE } = backend();
  const context = {
    "vars.PULUMI_BACKEND_URL": PULUMI_BACKEND_URL,
    "secrets.PULUMI_CONFIG_PASSPHRASE": PULUMI_CONFIG_PASSPHRASE,
    "github.token": "token-of-the-test",
    "github.event.pull_request.number": "12",
    ...vars,
  };
  const { content } = workflow("preview.yml");
  return runJob(content.jobs.preview as never, checkout, context, environment);
}

it("writes one comment, masked, and leaves other people's alone", async () => {
  const ran = await preview();
  expect(ran.map(({ name, code }) => [name, code])).toEqual([
    ["Install", 0],
    ["Preview the fabric", 0],
    ["Write the comment", 0],
    ["Put the comment in the place of the last one", 0],
    ["Tell whether the preview failed", 0],
  ]);
  const [other, ours, ...more] = github.comments();
  expect(other).toEqual({ id: 7, body: "Looks good to me" });
  expect(more).toEqual([]);
  expect(ours?.body).toMatch(/^<!-- evpn preview-comment -->\n## Fabric preview\n/);
  expect(ours?.body).toContain("node-1: block");
  expect(ours?.body).not.toMatch(
    /pve0\d|fd00:|4200001000|token-of-the-test|passphrase-of-the-test/,
  );
});

it("the next push replaces the comment; unmasked when the repository says so", async () => {
  // One blank: an option list that is there and empty.
  const ran = await preview({ "vars.EVPN_COMMENT_OPTIONS": " " });
  expect(ran.at(-1)).toMatchObject({ name: "Tell whether the preview failed", code: 0 });
  expect(github.comments()).toHaveLength(2);
  expect(github.comments()[1]?.body).toContain("pve01: block");
});

it("a mistake in the config is told in the comment, and the job fails", async () => {
  const file = path.join(scratch, "Pulumi.prod.yaml");
  const good = fs.readFileSync(file, "utf8");
  fs.writeFileSync(file, good.replace("vni: 10101", "vni: 10100"));
  const ran = await preview();
  fs.writeFileSync(file, good);
  expect(ran.at(-1)).toMatchObject({ name: "Tell whether the preview failed" });
  expect(ran.at(-1)?.code).not.toBe(0);
  expect(github.comments()[1]?.body).toContain("**The preview failed:**");
  expect(github.comments()[1]?.body).toContain("vnets[1].vni");
});

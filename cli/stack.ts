import { spawnSync } from "node:child_process";
import { configFromTexts } from "../config/from-texts";
import { FabricConfig } from "../config/schema";
import { Plan } from "../plan/types";
import { buildPlan } from "../plan/plan";
import { sshSettings } from "../providers/implementation";
import { SshSettings } from "../providers/ssh";
import { CannotLook } from "./command";

interface PulumiValue {
  value?: string;
}

function pulumi(argv: string[]): string {
  const run = spawnSync("pulumi", argv, { encoding: "utf8" });
  if (run.error) {
    throw new CannotLook(
      '`pulumi` is not on PATH; in the lab run `eval "$(npm run -s lab -- env)"` first.',
    );
  }
  if (run.status !== 0) {
    throw new CannotLook(`\`pulumi ${argv.join(" ")}\` failed: ${run.stderr.trim()}`);
  }
  return run.stdout;
}

/** The stack that `pulumi stack select` chose. @throws CannotLook when none is selected */
function selectedStack(): string {
  const list = JSON.parse(pulumi(["stack", "ls", "--json"])) as {
    name: string;
    current?: boolean;
  }[];
  const selected = list.find(({ current }) => current);
  if (selected) return selected.name;
  throw new CannotLook(
    `No stack is selected. Name it with --stack: ${list.map(({ name }) => name).join(", ") || "there is none yet"}.`,
  );
}

/** `pulumi config --json` of a stack. Reading it takes no lock, so it works while an update runs. */
function readStackConfig(stack: string): Record<string, PulumiValue> {
  const argv = ["config", "--json", "--show-secrets", "--stack", stack];
  return JSON.parse(pulumi(argv)) as Record<string, PulumiValue>;
}

const PROJECT = "proxmox-evpn";

/** A stack's config and plan, and its config by key. */
interface LoadedPlan {
  config: FabricConfig;
  plan: Plan;
  textOf: (key: string) => string | undefined;
}

/**
 * A stack's plan, for what needs no login.
 * @param name the stack; without it the selected one
 * @throws CannotLook, ConfigError
 */
export function loadPlan(name?: string): LoadedPlan {
  const stack = name ?? selectedStack();
  const values = readStackConfig(stack);
  const textOf = (key: string) => values[`${PROJECT}:${key}`]?.value;
  const config = configFromTexts(textOf);
  const plan = buildPlan(config, { project: PROJECT, stack });
  return { config, plan, textOf };
}

/**
 * A stack's config and plan, and how to log in to its nodes.
 * @param name the stack; without it the selected one
 * @throws CannotLook, ConfigError
 */
export function loadStack(name?: string): Omit<LoadedPlan, "textOf"> & { ssh: SshSettings } {
  const { config, plan, textOf } = loadPlan(name);
  return { config, plan, ssh: sshSettings({ get: textOf }) };
}

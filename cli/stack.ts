import { spawnSync } from "node:child_process";
import { parseConfig } from "../config/parse";
import { configSchema } from "../config/schema";
import { Plan } from "../plan/types";
import { buildPlan } from "../plan/plan";
import { sshSettings } from "../providers/implementation";
import { SshSettings } from "../providers/ssh";

/** The command cannot look, for a reason that the message tells; nothing is wrong with the fabric. */
export class CannotLook extends Error {}

interface PulumiValue {
  value?: string;
}

/** `pulumi config --json` of a stack. Reading it takes no lock, so it works while an update runs. */
function readStackConfig(stack: string): Record<string, PulumiValue> {
  const argv = ["config", "--json", "--show-secrets", "--stack", stack];
  const pulumi = spawnSync("pulumi", argv, { encoding: "utf8" });
  if (pulumi.error) {
    throw new CannotLook(
      '`pulumi` is not on PATH; in the lab run `eval "$(npm run -s lab -- env)"` first.',
    );
  }
  if (pulumi.status !== 0) {
    throw new CannotLook(`\`pulumi ${argv.join(" ")}\` failed: ${pulumi.stderr.trim()}`);
  }
  return JSON.parse(pulumi.stdout) as Record<string, PulumiValue>;
}

function structured(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

const PROJECT = "proxmox-evpn";

/** A stack's plan and how to log in to its nodes. @throws CannotLook, ConfigError */
export function loadStack(stack: string): { plan: Plan; ssh: SshSettings } {
  const values = readStackConfig(stack);
  const textOf = (key: string) => values[`${PROJECT}:${key}`]?.value;
  const raw = Object.fromEntries(
    Object.keys(configSchema.shape)
      .map((key) => [key, textOf(key)] as const)
      .flatMap(([key, text]) => (text === undefined ? [] : [[key, structured(text)] as const])),
  );
  const plan = buildPlan(parseConfig(raw), { project: PROJECT, stack });
  return { plan, ssh: sshSettings({ get: textOf }) };
}

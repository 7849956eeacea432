import { Violation } from "../config/violation";
import { PVE_VERSIONS, PveVersion } from "../pve-model/types";
import { BlockProblem, blockProblems } from "./block-check";
import { placeText } from "./frr-statements";
import { Plan } from "./types";

/** `frr.extraLines` of the config: statements of the operator's own, by where they stand. */
export interface ExtraLines {
  router: readonly string[];
  ipv4: readonly string[];
  ipv6: readonly string[];
  evpn: readonly string[];
}

export const NO_EXTRA_LINES: ExtraLines = { router: [], ipv4: [], ipv6: [], evpn: [] };

export interface BlockFindings {
  errors: Violation[];
  warnings: Violation[];
}

const PLACES: Record<keyof ExtraLines, (router: string) => string[]> = {
  router: (router) => [router],
  ipv4: (router) => [router, "address-family ipv4 unicast"],
  ipv6: (router) => [router, "address-family ipv6 unicast"],
  evpn: (router) => [router, "address-family l2vpn evpn"],
};

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** The config path of an operator's own line; undefined for a line of ours. */
function configPath(problem: BlockProblem, plan: Plan, extra: ExtraLines): string | undefined {
  const { text, place } = problem.statement;
  for (const key of Object.keys(PLACES) as (keyof ExtraLines)[]) {
    const index = extra[key].indexOf(text);
    const here = placeText(PLACES[key](`router bgp ${plan.controller.asn}`));
    if (index >= 0 && placeText(place) === here) return `frr.extraLines.${key}[${index}]`;
  }
  return undefined;
}

interface Group {
  problem: BlockProblem;
  path?: string;
  /** Nodes by line number: the same line of the config is another line in another node's block. */
  nodes: Map<number, Set<string>>;
  versions: Set<PveVersion>;
}

/** The same line with the same trouble is one violation, on however many nodes and versions. */
function grouped(versions: readonly PveVersion[], plan: Plan, extra: ExtraLines): Group[] {
  const groups = new Map<string, Group>();
  for (const version of versions) {
    for (const problem of blockProblems(version, plan)) {
      const { text, lineNumber } = problem.statement;
      const path = configPath(problem, plan, extra);
      const key = path ?? `${lineNumber} ${text}`;
      const group = groups.get(key) ?? { problem, path, nodes: new Map(), versions: new Set() };
      const nodes = group.nodes.get(lineNumber) ?? new Set<string>();
      group.nodes.set(lineNumber, nodes.add(problem.node));
      group.versions.add(version);
      groups.set(key, group);
    }
  }
  return [...groups.values()];
}

function violationOf({ problem, path, nodes, versions }: Group): Violation {
  const where = [...nodes]
    .map(([line, names]) => `line ${line} of the block of ${listed([...names])}`)
    .join("; ");
  const on = `on Proxmox VE ${listed([...versions])}`;
  return {
    path: path ?? where,
    ...(problem.secret ? {} : { value: problem.statement.text }),
    reason: `${problem.reason} (${path === undefined ? "" : `${where}, `}${on})`,
    remedy: problem.remedy,
  };
}

/** Errors for the cluster's version; the preflight calls it once it has asked which that is. */
export function blockViolations(version: PveVersion, plan: Plan, extra: ExtraLines): Violation[] {
  return grouped([version], plan, extra).map(violationOf);
}

/**
 * What the merge of Proxmox VE would do to the plan's blocks, as far as the config tells the version:
 * with `cluster.pveVersion` every problem of that version is an error; without it what goes wrong on
 * all versions is an error, and the rest are warnings until the preflight knows the version.
 */
export function checkBlocks(
  plan: Plan,
  pveVersion: PveVersion | undefined,
  extra: ExtraLines,
): BlockFindings {
  const versions = pveVersion === undefined ? PVE_VERSIONS : [pveVersion];
  const groups = grouped(versions, plan, extra);
  const certain = (group: Group) => group.versions.size === versions.length;
  return {
    errors: groups.filter(certain).map(violationOf),
    warnings: groups.filter((group) => !certain(group)).map(violationOf),
  };
}

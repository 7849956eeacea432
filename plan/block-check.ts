import { FrrConfig, parseListRule } from "../pve-model/frr-config";
import { renderFrrConf } from "../pve-model/frr-text";
import { generatedFrrConfig, generateNodeFiles } from "../pve-model/generate";
import { mergeFrrConfLocal } from "../pve-model/merge";
import { BANG, StatementFate } from "../pve-model/merge-report";
import { PveVersion } from "../pve-model/types";
import { isHeader, placeText, readStatements, Statement } from "./frr-statements";
import { pveInput } from "./pve-input";
import { Plan, PlannedNode } from "./types";

/** A statement of a node's block that would not stand in FRR's config as it is written. */
export interface BlockProblem {
  node: string;
  statement: Statement;
  /** Holds a secret: the line must not be shown. */
  secret: boolean;
  reason: string;
  remedy: string;
}

type Finding = Pick<BlockProblem, "reason" | "remedy">;

const TAKE_OUT = "Take the line out";

const REMEDIES: Partial<Record<string, string>> = {
  [BANG]: "Write it without a `!`",
};

/** What Proxmox VE itself generates, with the block beside it: everything that the rules look at. */
interface Merge {
  version: PveVersion;
  generated: FrrConfig;
  own: Statement[];
  block: Statement[];
  fates: Map<number, StatementFate>;
  merged: Statement[];
}

const same = (a: Statement, b: Statement) =>
  a.text === b.text && placeText(a.place) === placeText(b.place);

function mergeOf(version: PveVersion, plan: Plan, node: PlannedNode): Merge | undefined {
  const input = pveInput(plan, node);
  const generated = generatedFrrConfig(version, input);
  if (generated === null) return undefined;
  const text = input.frrConfLocal ?? "";
  const { config, statements } = mergeFrrConfLocal(version, generated, text);
  const fates = new Map(statements.map((fate) => [fate.lineNumber, fate]));
  const block = readStatements(text);
  const known = new Set(block.map(({ lineNumber }) => lineNumber));
  // A line that only closes a section is no statement, but the merge may keep it as one.
  const closing = statements.filter(({ lineNumber }) => !known.has(lineNumber));
  return {
    version,
    generated,
    own: readStatements(renderFrrConf(version, node.name, generated)),
    block: [...block, ...closing],
    fates,
    merged: readStatements(renderFrrConf(version, node.name, config)),
  };
}

/** A rule looks at one statement; the first one that finds something speaks. */
type Rule = (statement: Statement, merge: Merge) => Finding | undefined;

const SECRET = /\bpassword\b/i;

const secretInClear: Rule = ({ text }) =>
  SECRET.test(text)
    ? {
        reason:
          "holds a password, which would stand in clear in the state, in previews and in frr.conf.local",
        remedy: `${TAKE_OUT}; set it in FRR on both ends by hand, or protect the session by a filter`,
      }
    : undefined;

const lostInMerge: Rule = ({ lineNumber }, { fates }) => {
  const fate = fates.get(lineNumber);
  if (fate === undefined || fate.fate === "kept") return undefined;
  const { reason = `is ${fate.fate}` } = fate;
  const outcome = {
    dropped: "is lost",
    moved: `is moved to ${placeText(fate.place)}`,
    duplicated: "would stand twice",
  }[fate.fate];
  return {
    reason: `${outcome} in Proxmox VE's merge: ${reason}`,
    remedy: REMEDIES[reason] ?? `${TAKE_OUT}, or write it where the merge keeps it (README)`,
  };
};

const routerId: Rule = ({ text }) =>
  text.startsWith("bgp router-id ")
    ? {
        reason: "sets the router id, which Proxmox VE derives and writes itself",
        remedy: TAKE_OUT,
      }
    : undefined;

const secondRouter: Rule = ({ text }, { own }) =>
  /^router bgp \d+$/.test(text) && !own.some((statement) => statement.text === text)
    ? {
        reason:
          "opens a second `router bgp` beside Proxmox VE's, and FRR takes one AS number (`BGP is already running`)",
        remedy: "Use the fabric's AS number",
      }
    : undefined;

/** Rules of numbered lists are one by list and number: the later one takes the earlier one's place. */
const takenNumber: Rule = ({ text, lineNumber }, { generated, block }) => {
  const rule = parseListRule(text);
  if (rule === null) return undefined;
  const number = `seq ${rule.seq} of ${rule.kind} ${rule.name}`;
  if (generated.lists[rule.kind].get(rule.name)?.has(rule.seq)) {
    return {
      reason: `takes the place of Proxmox VE's own rule ${number}`,
      remedy: "Use a list of another name",
    };
  }
  const later = block.some((other) => {
    const its = other.lineNumber > lineNumber ? parseListRule(other.text) : null;
    return its?.kind === rule.kind && its.name === rule.name && its.seq === rule.seq;
  });
  return later
    ? { reason: `is lost: a later line is ${number} too`, remedy: "Give it a number of its own" }
    : undefined;
};

const behindCatchAll: Rule = ({ text }, { generated }) => {
  const name = /^route-map (\S+) /.exec(text)?.[1] ?? "";
  return generated.routeMaps.has(name)
    ? {
        reason: `is never reached: Proxmox VE's own entry of ${name}, which lets everything pass, stands before it`,
        remedy: "Use a route-map of another name",
      }
    : undefined;
};

const writtenTwice: Rule = (statement, { own, block }) => {
  if (isHeader(statement)) return undefined;
  if (own.some((other) => same(other, statement))) {
    return { reason: "would stand twice: Proxmox VE writes this line itself", remedy: TAKE_OUT };
  }
  const before = block.some(
    (other) => other.lineNumber < statement.lineNumber && same(other, statement),
  );
  return before ? { reason: "stands in the block already", remedy: TAKE_OUT } : undefined;
};

/** The judge of all: the merged text itself, read as FRR reads it. */
const notWhereItStood: Rule = (statement, { merged, fates }) => {
  if (merged.some((other) => same(other, statement))) return undefined;
  const now = placeText(fates.get(statement.lineNumber)?.place ?? []);
  return {
    reason: `stands in ${placeText(statement.place)} here, and in ${now} after Proxmox VE's merge`,
    remedy: `${TAKE_OUT}, or write it where the merge keeps it (README)`,
  };
};

const RULES: readonly Rule[] = [
  secretInClear,
  lostInMerge,
  routerId,
  secondRouter,
  takenNumber,
  behindCatchAll,
  writtenTwice,
  notWhereItStood,
];

/** Statements of one place that stand in the merged text in another order than in the block. */
function reordered({ block, merged }: Merge, found: ReadonlySet<number>): Statement[] {
  const next = new Map<string, number>();
  return block.filter((statement) => {
    // The order of a list's rules is in their numbers, and that of sections is Proxmox VE's.
    if (isHeader(statement) || parseListRule(statement.text) || found.has(statement.lineNumber)) {
      return false;
    }
    const place = placeText(statement.place);
    const at = merged.findIndex(
      (other, index) => index >= (next.get(place) ?? 0) && same(other, statement),
    );
    if (at >= 0) next.set(place, at + 1);
    return at < 0;
  });
}

/** One mistake, one message: what stands in a section that is wrong itself says nothing more. */
function problemsOf(merge: Merge): (Finding & { statement: Statement })[] {
  const wrongSections = new Set<string>();
  const problems = merge.block.flatMap((statement) => {
    if (statement.place.some((header) => wrongSections.has(header))) return [];
    const found = RULES.map((rule) => rule(statement, merge)).find((its) => its !== undefined);
    if (found === undefined) return [];
    if (isHeader(statement)) wrongSections.add(statement.text);
    return [{ statement, ...found }];
  });
  if (wrongSections.size > 0) return problems;
  const lines = new Set(problems.map(({ statement }) => statement.lineNumber));
  const late = reordered(merge, lines).map((statement) => ({
    statement,
    reason: "stands behind lines that follow it here after Proxmox VE's merge",
    remedy: "Let it follow them",
  }));
  return [...problems, ...late];
}

/**
 * What one version of Proxmox VE would do to the plan's blocks: they go through its merge with the
 * frr.conf that it generates for this plan. Empty when every statement stands in the merged file, in
 * its section and in order.
 * @param version the cluster's, as the preflight asked it or the config names it
 */
export function blockProblems(version: PveVersion, plan: Plan): BlockProblem[] {
  return plan.nodes.flatMap((node) => {
    const merge = mergeOf(version, plan, node);
    // No router id, no frr.conf: the preflight's finding, not the block's.
    if (merge === undefined) return [];
    return problemsOf(merge).map((problem) => ({
      node: node.name,
      secret: SECRET.test(problem.statement.text),
      ...problem,
    }));
  });
}

/** The merged /etc/frr/frr.conf that Proxmox VE would write on a node; undefined where it writes none. */
export function mergedFile(version: PveVersion, plan: Plan, node: PlannedNode): string | undefined {
  return generateNodeFiles(version, pveInput(plan, node)).frrConf ?? undefined;
}

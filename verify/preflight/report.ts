import { errorsOf, Finding } from "./finding";

/** One finding that several nodes share is told once. */
interface Shared {
  nodes: string[];
  finding: Finding;
}

function shared(findings: readonly Finding[]): Shared[] {
  const groups = new Map<string, Shared>();
  for (const finding of findings) {
    // Config paths differ by node; the first stands for all.
    const { check, severity, what, why, remedy } = finding;
    const key = JSON.stringify([check, severity, what, why, remedy]);
    const group = groups.get(key);
    if (group) group.nodes.push(finding.node);
    else groups.set(key, { nodes: [finding.node], finding });
  }
  return [...groups.values()];
}

function paragraph({ nodes, finding }: Shared): string {
  const { check, what, where, why, remedy } = finding;
  return [
    `  ${nodes.join(", ")} ${check}: ${what}${where ? ` (${where})` : ""}`,
    `    Why: ${why}.`,
    `    Remedy: ${remedy}.`,
  ].join("\n");
}

const count = (number: number, word: string) => `${number} ${word}${number === 1 ? "" : "s"}`;

/** `2 errors, 1 warning`. */
export function countsOf(findings: readonly Finding[]): string {
  const errors = errorsOf(findings).length;
  return `${count(errors, "error")}, ${count(findings.length - errors, "warning")}`;
}

/** Every finding in full, errors first; empty without findings. */
export function findingsText(findings: readonly Finding[]): string {
  const errors = errorsOf(findings);
  const warnings = findings.filter(({ severity }) => severity === "warning");
  const part = (title: string, some: readonly Finding[]) =>
    some.length === 0 ? [] : [title, ...shared(some).map(paragraph)];
  return [...part("Errors:", errors), ...part("Warnings:", warnings)].join("\n");
}

/** Why the update does not begin. */
export function refusalText(findings: readonly Finding[]): string {
  return [
    `The preflight found ${countsOf(findings)}; nothing was changed.`,
    findingsText(findings),
    "Mend them and run `pulumi up` again; `npm run -s evpn -- preflight` looks at any time.",
  ].join("\n");
}

/** A table of nodes: how many errors and warnings each has, and of which checks. */
export function findingsTable(nodes: readonly string[], findings: readonly Finding[]): string {
  const names = [...new Set([...nodes, ...findings.map(({ node }) => node)])];
  const rows = names.map((name) => {
    const own = findings.filter(({ node }) => node === name);
    const errors = errorsOf(own).length;
    return [
      name,
      String(errors),
      String(own.length - errors),
      own.length === 0 ? "OK" : [...new Set(own.map(({ check }) => check))].join(" "),
    ];
  });
  const lines = [["node", "errors", "warnings", "findings"], ...rows];
  const widths = [0, 1, 2].map((column) =>
    Math.max(...lines.map((line) => (line[column] ?? "").length)),
  );
  return lines
    .map((line) => line.map((text, column) => text.padEnd(widths[column] ?? 0)).join("  "))
    .map((line) => line.trimEnd())
    .join("\n");
}

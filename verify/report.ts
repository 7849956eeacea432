import { Row } from "./row";
import { failedRows, Verdict } from "./verify";

const lineOf = ({ node, check, subject, expected, observed }: Row) =>
  `  ${node} ${check} ${subject}: expected ${expected}; observed ${observed}`;

/** The failing rows only, with each cause named once. */
export function failureReport(verdict: Verdict): string {
  const failed = failedRows(verdict);
  const hints = new Set(failed.flatMap(({ hint }) => (hint ? [hint] : [])));
  return [
    `The fabric does not carry packets everywhere: ${failed.length} of ${verdict.rows.length} checks fail` +
      (verdict.unseen.length > 0
        ? `, ${verdict.unseen.length} nodes could not be looked at:`
        : ":"),
    ...verdict.unseen.map(({ node, reason }) => `  ${node}: ${reason}`),
    ...failed.map(lineOf),
    ...[...hints].map((hint) => `  Likely: ${hint}.`),
    "The next `pulumi up` looks again.",
  ].join("\n");
}

/** A table of nodes by checks: `5/5` where all pass, `3/5 FAIL` where not. */
export function nodeTable(verdict: Verdict): string {
  const nodes = [...new Set([...verdict.rows, ...verdict.unseen].map(({ node }) => node))].sort();
  const checks = [...new Set(verdict.rows.map(({ check }) => check))];
  const cell = (node: string, check: string) => {
    const rows = verdict.rows.filter((row) => row.node === node && row.check === check);
    const passed = rows.filter(({ status }) => status === "pass").length;
    if (rows.length === 0) return "-";
    return `${passed}/${rows.length}${passed === rows.length ? "" : " FAIL"}`;
  };
  const lines = [
    ["node", ...checks],
    ...nodes.map((node) => [node, ...checks.map((c) => cell(node, c))]),
  ];
  const widths = (lines[0] ?? []).map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? "").length)),
  );
  return lines
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

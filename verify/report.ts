import { CauseId, CAUSES } from "./causes";
import { CHECKS, Row } from "./row";
import { failedRows, Verdict } from "./verify";

const plural = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;

const lineOf = ({ node, check, subject, expected, observed }: Row) =>
  `  ${node} ${check} ${subject}: expected ${expected}; observed ${observed}`;

/** One cause with its rows, what to do, and where to look closer. */
function section(cause: CauseId, rows: Row[]): string[] {
  const looks = [...new Set(rows.flatMap(({ look, node }) => (look ? [`${node}: ${look}`] : [])))];
  return [
    ...rows.map(lineOf),
    `    Likely: ${CAUSES[cause].text}.`,
    ...looks.slice(0, 3).map((look) => `    Look: ${look}`),
    `    Mend: ${CAUSES[cause].mend}.`,
  ];
}

/** The failing rows only, by cause; what merely follows from them is counted. */
export function failureReport(verdict: Verdict): string {
  const failed = failedRows(verdict);
  const causes = [...new Set(failed.flatMap(({ cause }) => (cause ? [cause] : [])))];
  const following = verdict.rows.filter(({ follows }) => follows).length;
  return [
    `The fabric does not carry packets everywhere: ${failed.length} of ${plural(verdict.rows.length, "check")} fail` +
      (following > 0 ? `, and ${following} more that follow from them:` : ":"),
    ...causes.flatMap((cause) =>
      section(
        cause,
        failed.filter((row) => row.cause === cause),
      ),
    ),
    "The next `pulumi up` looks again.",
  ].join("\n");
}

/** Warnings that are not consequences, and skips: each with its reason. */
export function remarks({ rows }: Verdict): string[] {
  return rows.flatMap(({ status, node, check, subject, reason }) =>
    reason && (status === "warn" || status === "skip")
      ? [`${status} ${node} ${check} ${subject}: ${reason}`]
      : [],
  );
}

function cell(rows: Row[]): string {
  const count = (status: Row["status"]) => rows.filter((row) => row.status === status).length;
  if (rows.length === 0) return "-";
  if (count("skip") === rows.length) return "skip";
  const failing = count("fail");
  const following = rows.filter(({ follows }) => follows).length;
  return (
    `${count("pass") + count("warn") - following}/${rows.length - count("skip")}` +
    (failing > 0 ? " FAIL" : following > 0 ? " follows" : "")
  );
}

/** A table of checks by nodes: `5/5` where all pass, `3/5 FAIL` where not. */
export function nodeTable({ rows }: Verdict): string {
  const nodes = [...new Set(rows.map(({ node }) => node))].sort();
  const checks = Object.entries(CHECKS).filter(([name]) =>
    rows.some(({ check }) => check === name),
  );
  const lines = [
    ["check", ...nodes, ""],
    ...checks.map(([name, what]) => [
      name,
      ...nodes.map((node) => cell(rows.filter((row) => row.node === node && row.check === name))),
      what,
    ]),
  ];
  const widths = nodes.map((_, column) =>
    Math.max(...lines.map((line) => (line[column + 1] ?? "").length)),
  );
  const first = Math.max(...lines.map(([name = ""]) => name.length));
  return lines
    .map((line) =>
      line
        .map((text, column) => text.padEnd(column === 0 ? first : (widths[column - 1] ?? 0)))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

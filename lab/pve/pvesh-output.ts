/** How `pvesh` shows an answer. */
export interface OutputOptions {
  format: "text" | "json" | "json-pretty" | "yaml";
  noborder: boolean;
  noheader: boolean;
  quiet: boolean;
}

/** An answer as `pvesh` prints it: nothing for null, keys sorted, text as a table. */
export function formatted(data: unknown, options: OutputOptions): string {
  if (data === null || data === undefined) return "";
  if (options.format === "json") return `${JSON.stringify(sorted(data))}\n`;
  // JSON is YAML too; PVE's own YAML has another layout.
  if (options.format !== "text") return `${JSON.stringify(sorted(data), null, 3)}\n`;
  if (typeof data !== "object") return `${String(data)}\n`;
  if (!Array.isArray(data)) {
    const rows = Object.entries(sorted(data) as object).map(([key, value]) => [key, cell(value)]);
    return table(["key", "value"], rows, options);
  }
  const columns = [...new Set(data.flatMap((row) => Object.keys(row as object)))].sort();
  const rows = (data as Record<string, unknown>[]).map((row) =>
    columns.map((column) => cell(row[column])),
  );
  return rows.length === 0 ? "" : table(columns, rows, options);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, one]) => [key, sorted(one)]),
  );
}

function cell(value: unknown): string {
  if (value === undefined || value === null) return "";
  return typeof value === "object" ? JSON.stringify(sorted(value)) : String(value);
}

function table(columns: readonly string[], rows: string[][], options: OutputOptions): string {
  const shown = options.noheader ? rows : [[...columns], ...rows];
  const widths = columns.map((_, at) => Math.max(...shown.map((row) => row[at]?.length ?? 0)));
  const line = (row: readonly string[]) => row.map((text, at) => text.padEnd(widths[at] ?? 0));
  if (options.noborder) return shown.map((row) => `${line(row).join(" ").trimEnd()}\n`).join("");
  const rule = (left: string, fill: string, cross: string, right: string) =>
    `${left}${widths.map((width) => fill.repeat(width + 2)).join(cross)}${right}\n`;
  const body = rows.map((row) => `│ ${line(row).join(" │ ")} │\n`).join(rule("├", "─", "┼", "┤"));
  const head = options.noheader
    ? ""
    : `│ ${line(columns).join(" │ ")} │\n${rule("╞", "═", "╪", "╡")}`;
  return rule("┌", "─", "┬", "┐") + head + body + rule("└", "─", "┴", "┘");
}

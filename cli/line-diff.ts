/** Lines around a change that are shown with it. */
const CONTEXT = 2;

interface Line {
  mark: " " | "-" | "+";
  text: string;
  /** Line number in the new text, from 1; of the next one for a line that is gone. */
  at: number;
}

/** The longest common subsequence of two texts' lines, and what is beside it. */
function compared(a: readonly string[], b: readonly string[]): Line[] {
  // common[i][j]: how many lines the texts have in common from line i and line j on.
  const common = Array.from({ length: a.length + 1 }, () =>
    new Array<number>(b.length + 1).fill(0),
  );
  const at = (i: number, j: number) => common[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      (common[i] as number[])[j] =
        a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push({ mark: " ", text: b[j] ?? "", at: j + 1 });
      [i, j] = [i + 1, j + 1];
    } else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push({ mark: "-", text: a[i++] ?? "", at: j + 1 });
    } else {
      lines.push({ mark: "+", text: b[j] ?? "", at: ++j });
    }
  }
  return lines;
}

/**
 * Two texts line by line: `-` stands in the first alone, `+` in the second alone, with a few lines
 * around each change. Empty when they are the same.
 */
export function lineDiff(first: string, second: string): string[] {
  const split = (text: string) => text.replace(/\n$/, "").split("\n");
  const lines = compared(split(first), split(second));
  const near = lines.map((_line, index) =>
    lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some(({ mark }) => mark !== " "),
  );
  return lines.flatMap(({ mark, text, at }, index) => {
    if (!near[index]) return [];
    const header = near[index - 1] ? [] : [`@@ line ${at} @@`];
    return [...header, `${mark}${text}`];
  });
}

/** A line of a diff: in both texts, in the old one only, or in the new one only. */
interface Line {
  mark: " " | "-" | "+";
  text: string;
}

/** Longest common subsequence; the texts are config files of some hundred lines. */
function lines(old: string[], fresh: string[]): Line[] {
  const width = fresh.length + 1;
  const common = new Uint32Array((old.length + 1) * width);
  const at = (row: number, column: number) => common[row * width + column] ?? 0;
  for (let row = old.length - 1; row >= 0; row -= 1) {
    for (let column = fresh.length - 1; column >= 0; column -= 1) {
      common[row * width + column] =
        old[row] === fresh[column]
          ? at(row + 1, column + 1) + 1
          : Math.max(at(row + 1, column), at(row, column + 1));
    }
  }
  const result: Line[] = [];
  let [row, column] = [0, 0];
  while (row < old.length || column < fresh.length) {
    const [before, after] = [old[row], fresh[column]];
    if (before !== undefined && before === after) {
      result.push({ mark: " ", text: before });
      row += 1;
      column += 1;
    } else if (before !== undefined && at(row + 1, column) >= at(row, column + 1)) {
      result.push({ mark: "-", text: before });
      row += 1;
    } else {
      result.push({ mark: "+", text: after ?? "" });
      column += 1;
    }
  }
  return result;
}

const split = (text: string) => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));

/**
 * What changes between two texts, with some lines around each change; `@@` stands where lines are left
 * out. Empty when nothing changes.
 */
export function unifiedDiff(old: string, fresh: string, around = 3): string {
  const all = lines(split(old), split(fresh));
  const near = (index: number) =>
    all.slice(Math.max(0, index - around), index + around + 1).some(({ mark }) => mark !== " ");
  const shown: string[] = [];
  let skipped = false;
  all.forEach(({ mark, text }, index) => {
    if (!near(index)) {
      skipped = true;
      return;
    }
    if (skipped) shown.push("@@");
    skipped = false;
    shown.push(`${mark}${text}`.trimEnd());
  });
  if (shown.length > 0 && skipped) shown.push("@@");
  return shown.join("\n");
}

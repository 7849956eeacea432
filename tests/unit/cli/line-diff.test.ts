import * as fc from "fast-check";
import { lineDiff } from "../../../cli/line-diff";
import { modelledVersion, pveVersionOption } from "../../../cli/pve-version";

describe("lineDiff", () => {
  it("is empty for equal texts, whether or not the last line ends", () => {
    expect(lineDiff("a\nb\n", "a\nb")).toEqual([]);
  });

  it("shows a change with two lines around it, and where it stands", () => {
    const old = ["1", "2", "3", "4", "5", "6", "7", "8", "9"];
    const now = ["1", "2", "3", "4", "five", "6", "7", "8"];
    expect(lineDiff(old.join("\n"), now.join("\n"))).toEqual([
      ...["@@ line 3 @@", " 3", " 4", "-5", "+five", " 6", " 7", " 8", "-9"],
    ]);
  });

  it("keeps changes that are far apart apart", () => {
    const lines = Array.from({ length: 20 }, (_each, n) => `${n}`);
    const now = lines.map((line, n) => (n === 1 || n === 18 ? "x" : line));
    const headers = lineDiff(lines.join("\n"), now.join("\n")).filter((line) =>
      line.startsWith("@@"),
    );
    expect(headers).toEqual(["@@ line 1 @@", "@@ line 17 @@"]);
  });

  const text = fc.array(fc.constantFrom("a", "b", "c", "d"), { minLength: 1, maxLength: 12 });
  it("has the lines that only one text has, and no other", () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const diff = lineDiff(a.join("\n"), b.join("\n"));
        const marked = (mark: string) => diff.filter((line) => line.startsWith(mark)).length;
        expect(marked("-") - marked("+")).toBe(a.length - b.length);
        expect(diff.length === 0).toBe(a.join() === b.join());
      }),
    );
  });
});

it("knows which modelled version a release writes files as", () => {
  expect(["8.4.1", "9.0.3", "9.1.4", "9.2.0", "10.0"].map(modelledVersion)).toEqual([
    "8.4",
    "9.1",
    "9.1",
    "9.2-pre",
    undefined,
  ]);
  expect(() => pveVersionOption("9.7")).toThrow("--pve-version takes one of 8.4, 9.1, 9.2-pre");
});

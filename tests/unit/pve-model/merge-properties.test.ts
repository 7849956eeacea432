import fc from "fast-check";
import { PVE_VERSIONS } from "../../../pve-model/types";
import { merge, readSections } from "./merged-file";

const ROUTER = "router bgp 4200001000";
const FAMILIES = ["ipv4 unicast", "ipv6 unicast", "l2vpn evpn", "ipv4 labeled-unicast"];

const word = fc.stringMatching(/^[a-zA-Z0-9._:-]{1,12}$/);
const words = fc.array(word, { minLength: 1, maxLength: 3 }).map((parts) => parts.join(" "));
/** Statements of a router or a family; the first word keeps them apart from sections and lists. */
const statements = fc.array(
  words.map((rest) => `neighbor ${rest}`),
  { maxLength: 6 },
);

interface Section {
  header: string;
  lines: string[];
  families: { name: string; lines: string[] }[];
}

const section = (header: string): fc.Arbitrary<Section> =>
  fc.record({
    header: fc.constant(header),
    lines: statements,
    families: fc.uniqueArray(fc.record({ name: fc.constantFrom(...FAMILIES), lines: statements }), {
      selector: ({ name }) => name,
      maxLength: 4,
    }),
  });

/** The shape that every version keeps: router-level lines, then closed families, then `exit`. */
const safeBlock = fc.tuple(section(ROUTER), section(`${ROUTER} vrf vrf_evpnz1`));

function text(sections: Section[]): string {
  return sections
    .map(({ header, lines, families }) => [
      header,
      ...lines.map((line) => ` ${line}`),
      ...families.flatMap(({ name, lines: inside }) => [
        " !",
        ` address-family ${name}`,
        ...inside.map((line) => `  ${line}`),
        " exit-address-family",
      ]),
      "exit",
      "!",
    ])
    .flat()
    .join("\n");
}

/** Whether the items stand in the list in their order, others between them allowed. */
function inOrder(items: string[], list: string[]): boolean {
  let next = 0;
  for (const each of list) if (each === items[next]) next += 1;
  return next === items.length;
}

describe.each(PVE_VERSIONS)("the merge of %s", (version) => {
  it("keeps every statement of a block in the safe shape, in its section and in order", () => {
    fc.assert(
      fc.property(safeBlock, (sections) => {
        const merged = merge(version, text(sections));
        for (const { header, lines, families } of sections) {
          expect(inOrder(lines, merged.sections.get(header) ?? [])).toBe(true);
          for (const { name, lines: inside } of families) {
            expect(inOrder(inside, merged.sections.get(`${header} / ${name}`) ?? [])).toBe(true);
          }
        }
      }),
    );
  });

  it("reports the statements of such a block as kept, at the place where they stand", () => {
    fc.assert(
      fc.property(safeBlock, (sections) => {
        const merged = merge(version, text(sections));
        for (const { text: line, fate, place } of merged.statements) {
          if (!line.startsWith("neighbor ")) continue;
          expect(fate).toBe("kept");
          const where = place.join(" / ").replace("address-family ", "");
          expect(merged.sections.get(where)).toContain(line);
        }
      }),
    );
  });

  const anyLine = fc.oneof(
    words,
    words.map((rest) => ` neighbor ${rest}`),
    words.map((rest) => `${rest} ! ${rest}`),
    fc.constantFrom(ROUTER, "router bgp 65000", "vrf vrf_evpnz1", "route-map M permit 7"),
    fc.constantFrom(" address-family ipv4 unicast", " exit-address-family", "exit", "exit-vrf"),
    fc.constantFrom("ip prefix-list P seq 5 permit any", "ip route 10.0.0.0/8 Null0", "!", ""),
  );

  it("never loses a generated line, whatever frr.conf.local says", () => {
    const own = [...readSections(merge(version, "").text)];
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 25 }), (lines) => {
        const merged = merge(version, lines.join("\n"))
          .text.split("\n")
          .map((line) => line.trim());
        for (const [, statements] of own) expect(inOrder(statements, merged)).toBe(true);
      }),
    );
  });

  it("reports each line once, in the order of the file, and those with a ! as dropped", () => {
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 25 }), (lines) => {
        const { statements } = merge(version, lines.join("\n"));
        const numbers = statements.map(({ lineNumber }) => lineNumber);
        expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
        const closing = /^(exit|exit-vrf|exit-address-family)$/;
        const reported = new Set(numbers);
        lines.forEach((line, index) => {
          const bare = line.trim();
          if (bare === "" || bare.startsWith("!") || closing.test(bare)) return;
          expect(reported.has(index + 1)).toBe(true);
        });
        for (const { text: line, fate } of statements) {
          if (line.includes("!")) expect(fate).toBe("dropped");
        }
      }),
    );
  });
});

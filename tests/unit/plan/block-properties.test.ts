import * as fc from "fast-check";
import { parseConfig } from "../../../config/parse";
import { FabricConfigInput } from "../../../config/schema";
import { ConfigError } from "../../../config/violation";
import { mergedFile } from "../../../plan/block-check";
import { buildPlan } from "../../../plan/plan";
import { Plan } from "../../../plan/types";
import { PVE_VERSIONS, PveVersion } from "../../../pve-model/types";
import { goodLines, Lines, wildLines } from "../../fixtures/frr-lines";
import { identity } from "../../fixtures/stack-config";
import { validConfig } from "../config/arbitrary-config";
import { readSections } from "../pve-model/merged-file";

const RUNS = { numRuns: 40 };

function planned(config: FabricConfigInput, extraLines: Lines, version: PveVersion) {
  const cluster = { ...config.cluster, pveVersion: version };
  return buildPlan(
    parseConfig({ ...config, cluster, frr: { ...config.frr, extraLines } }),
    identity,
  );
}

/** A block without its comments. */
const bare = (block = "") => block.replace(/^\s*!.*$/gm, "");

const LIST = /^(ipv6 |ip )?(prefix|access)-list /;

/** Whether the items stand in the list in their order, others between them allowed. */
function inOrder(items: string[], list: string[]): boolean {
  let next = 0;
  for (const each of list) if (each === items[next]) next += 1;
  return next === items.length;
}

/** Every statement of each block, in its section and in order; a list's order is in its numbers. */
function expectKept(version: PveVersion, plan: Plan): void {
  for (const node of plan.nodes) {
    const file = mergedFile(version, plan, node);
    if (file === undefined) throw new Error(`no frr.conf on ${node.name}`);
    const merged = readSections(file);
    for (const [section, lines] of readSections(bare(plan.blocks[node.name]))) {
      const stand = merged.get(section) ?? [];
      for (const line of lines)
        expect([section, stand]).toEqual([section, expect.arrayContaining([line])]);
      const ordered = lines.filter((line) => !LIST.test(line));
      expect([section, ordered, inOrder(ordered, stand)]).toEqual([section, ordered, true]);
    }
  }
}

describe.each(PVE_VERSIONS)("on %s", (version) => {
  it("every statement of a block that the plan accepts stands in the merged file, in its section, in order", () => {
    let accepted = 0;
    fc.assert(
      fc.property(validConfig, fc.oneof(goodLines, wildLines), (config, lines) => {
        let plan: Plan;
        try {
          plan = planned(config, lines, version);
        } catch (error) {
          if (error instanceof ConfigError) return;
          throw error;
        }
        accepted += 1;
        expectKept(version, plan);
      }),
      RUNS,
    );
    expect(accepted).toBeGreaterThan(RUNS.numRuns / 4);
  });

  it("accepts every block whose own lines FRR takes where they stand", () => {
    fc.assert(
      fc.property(validConfig, goodLines, (config, lines) => {
        expectKept(version, planned(config, lines, version));
      }),
      RUNS,
    );
  });
});

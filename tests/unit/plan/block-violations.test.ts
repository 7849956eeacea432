import { violationLine } from "../../../config/violation";
import { blockViolations, checkBlocks, NO_EXTRA_LINES } from "../../../plan/block-violations";
import { Plan } from "../../../plan/types";
import { insert, labPlan, withBlocks } from "../../fixtures/block";

const ROUTER = " neighbor VTEP update-source";
const plan = labPlan();
const withLines = (...lines: string[]) => withBlocks(plan, insert(ROUTER, lines));
/** Lost on 9.2-pre only. */
const indented = withBlocks(plan, (block) =>
  block.replace("\nrouter bgp 4200001000 vrf", "\n router bgp 4200001000 vrf"),
);
const lines = (of: Plan, version?: "8.4" | "9.1" | "9.2-pre", extra = NO_EXTRA_LINES) => {
  const { errors, warnings } = checkBlocks(of, version, extra);
  return { errors: errors.map(violationLine), warnings: warnings.map(violationLine) };
};

it("says nothing of the lab's plan", () => {
  expect(lines(plan)).toEqual({ errors: [], warnings: [] });
});

it("is one message for all nodes and versions, with line, text, versions and way out", () => {
  expect(lines(withLines(" bgp router-id 1.2.3.4")).errors).toEqual([
    'line 15 of the block of pve01, pve02 and pve03 = "bgp router-id 1.2.3.4": sets the router id, which Proxmox VE derives and writes itself (on Proxmox VE 8.4, 9.1 and 9.2-pre). Take the line out.',
  ]);
});

it("names the config path of an operator's own line, and where it stands in each block", () => {
  const only = { ...plan.blocks, pve01: `! first\n${plan.blocks.pve01}` };
  const of = withBlocks({ ...plan, blocks: only }, insert(ROUTER, [" neighbor MESH bfd"]));
  const extra = { ...NO_EXTRA_LINES, router: ["bgp bestpath med confed", "neighbor MESH bfd"] };
  expect(lines(of, "9.1", extra).errors).toEqual([
    'frr.extraLines.router[1] = "neighbor MESH bfd": stands in the block already (line 16 of the block of pve01; line 15 of the block of pve02 and pve03, on Proxmox VE 9.1). Take the line out.',
  ]);
});

it("never shows a line with a password", () => {
  const { errors } = lines(withLines(" neighbor MESH password verysecret"));
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatch(/^line 15 of the block of pve01, pve02 and pve03: holds a password/);
  expect(errors[0]).not.toContain("verysecret");
});

describe("what goes wrong on some versions", () => {
  it("is a warning that names them while the cluster's version is not known", () => {
    const { errors, warnings } = lines(indented);
    expect(errors).toEqual([]);
    expect(warnings[0]).toContain("on Proxmox VE 9.2-pre)");
  });

  it("is an error on such a version and nothing on another", () => {
    expect(lines(indented, "9.2-pre").errors.length).toBeGreaterThan(0);
    expect(lines(indented, "9.1")).toEqual({ errors: [], warnings: [] });
  });

  it("is an error for the preflight, which has asked the cluster", () => {
    expect(blockViolations("9.2-pre", indented, NO_EXTRA_LINES)).not.toEqual([]);
    expect(blockViolations("8.4", indented, NO_EXTRA_LINES)).toEqual([]);
  });
});

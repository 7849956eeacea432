import { mergedFile } from "../../../plan/block-check";
import { blockDrift, blockHash, blockIn } from "../../../plan/block-look";
import { PVE_VERSIONS } from "../../../pve-model/types";
import { labPlan } from "../../fixtures/block";

const OWNER = "proxmox-evpn/lab";
const plan = labPlan();
const block = plan.blocks.pve01 as string;
const installed = blockHash(block);
const [node] = plan.nodes;

describe.each(PVE_VERSIONS)("on %s", (version) => {
  const merged = (node && mergedFile(version, plan, node)) ?? "";

  it("finds nothing on a node that is as installed, with lines of others around the block", () => {
    expect(blockDrift({ local: block, merged }, OWNER, installed)).toBe("");
    const local = `! mine\n${block}ip prefix-list MINE seq 5 permit any\n`;
    expect(blockDrift({ local, merged: `${merged}! more\n` }, OWNER, installed)).toBe("");
  });

  it("finds each single line of the block that frr.conf lacks", () => {
    const lines = block.split("\n").map((line) => line.trim());
    const statements = lines.filter(
      (line) => line && !/^(!|exit|router|address-family|neighbor MESH peer-group)/.test(line),
    );
    for (const statement of statements) {
      const without = merged.split("\n").filter((line) => line.trim() !== statement);
      expect(blockDrift({ local: block, merged: without.join("\n") }, OWNER, installed)).toContain(
        `frr.conf lacks \`${statement}\``,
      );
    }
  });
});

it.each([
  ["a changed line", block.replace(" bfd", " bfd profile slow"), "not the one that was installed"],
  ["a line more", block.replace("\nexit", "\n neighbor MESH timers 1 3\nexit"), "not the one"],
  ["another indentation", block.replace("\n neighbor", "\n  neighbor"), "not the one"],
  ["carriage returns", block.replaceAll("\n", "\r\n"), "not the one"],
  ["no end", block.replace(/! END.*\n/, ""), "not in frr.conf.local, or not all of it"],
  ["no block", "! mine\n", "not in frr.conf.local"],
  ["another stack's block", block.replaceAll("/lab", "/prod"), "not in frr.conf.local"],
])("finds %s", (_what, local, finding) => {
  expect(blockDrift({ local, merged: "" }, OWNER, installed)).toContain(finding);
});

it("finds files that are gone", () => {
  expect(blockDrift({}, OWNER, installed)).toBe("frr.conf.local is gone");
  expect(blockDrift({ local: block }, OWNER, installed)).toBe("frr.conf is gone");
});

it("takes a block out with its markers and no line of others", () => {
  expect(blockIn(`! mine\n${block}! more`, OWNER)).toBe(block);
  expect(blockIn(block.replace(/\n$/, ""), OWNER)).toBe(block);
});

import * as fs from "node:fs";
import * as path from "node:path";
import { CHECKS } from "../../../verify/row";
import { BATCHES } from "../../faults/batches";
import { CHAPTERS } from "../../faults/fault";
import { FAULTS } from "../../faults/table";
import { troubleshootingText } from "../../faults/troubleshooting";

it("has at least 25 faults, each with a name of its own and a row that a check can give", () => {
  expect(FAULTS.length).toBeGreaterThanOrEqual(25);
  expect(new Set(FAULTS.map(({ id }) => id)).size).toBe(FAULTS.length);
  for (const { fails } of FAULTS) {
    expect(fails.length).toBeGreaterThan(0);
    for (const row of fails) expect(Object.keys(CHECKS)).toContain(row.split(" ")[1]);
  }
});

it("provokes every fault once, and together only such as lie on different nodes", () => {
  expect(BATCHES.flat().sort()).toEqual(FAULTS.map(({ id }) => id).sort());
  for (const batch of BATCHES) {
    const nodes = batch.flatMap((id) =>
      Object.keys(FAULTS.find((fault) => fault.id === id)?.provoke ?? {}),
    );
    expect(new Set(nodes).size).toBe(nodes.length);
  }
});

it("undoes what it provokes, on the same machines or through the lab", () => {
  for (const { provoke, undo } of FAULTS) {
    expect([Object.keys(provoke), ["lab"]]).toContainEqual(Object.keys(undo));
  }
});

it("docs/troubleshooting.md tells of the same faults (npm run docs:troubleshooting)", () => {
  const file = path.join(__dirname, "../../../docs/troubleshooting.md");
  expect(fs.readFileSync(file, "utf8")).toBe(troubleshootingText());
});

it("keeps the headings of the document that this project began with", () => {
  const text = troubleshootingText();
  for (const heading of Object.values(CHAPTERS)) expect(text).toContain(`## ${heading}\n`);
});

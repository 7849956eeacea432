import { missingPrerequisites } from "../../../../lab/toolchain/prerequisites";

const needs = { go: true, ssh: true };

test("a machine with everything lacks nothing", () => {
  const found = { node: "20.0.0", go: "1.25.0", ssh: "/usr/bin/ssh" };
  expect(missingPrerequisites(needs, found)).toEqual([]);
});

test("everything that is missing or too old is named at once", () => {
  const found = { node: "18.20.1", go: undefined, ssh: undefined };
  expect(missingPrerequisites(needs, found)).toEqual([
    "Node.js 20 or newer (this is 18.20.1)",
    expect.stringContaining("Go 1.25 or newer, to build the Pulumi CLI (there is no `go` on PATH)"),
    expect.stringContaining("OpenSSH client"),
  ]);
});

test.each(["1.24.9", "1.9"])("Go %s is too old", (go) => {
  const found = { node: "22.1.0", go, ssh: "/usr/bin/ssh" };
  expect(missingPrerequisites(needs, found)).toEqual([expect.stringContaining(`this is ${go}`)]);
});

test("Go is not asked for when nothing has to be built", () => {
  const found = { node: "22.1.0", go: undefined, ssh: undefined };
  expect(missingPrerequisites({ go: false, ssh: false }, found)).toEqual([]);
});

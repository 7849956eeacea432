import * as fc from "fast-check";
import { CannotLook } from "../../../../cli/command";
import { unifiedDiff } from "../../../../cli/preview/diff";
import { readPreview } from "../../../../cli/preview/document";
import { Mask } from "../../../../cli/preview/mask";

const text = fc
  .array(fc.constantFrom("a", "b", "c", "", " d"))
  .map((all) => [...all, "end"].join("\n"));

/** Applies a diff that left nothing out. */
function applied(old: string, diff: string): string {
  if (diff === "") return old;
  return diff
    .split("\n")
    .filter((line) => !line.startsWith("-"))
    .map((line) => line.slice(1))
    .join("\n");
}

describe("unifiedDiff", () => {
  it("leads from the old text to the new one", () => {
    fc.assert(
      fc.property(text, text, (old, fresh) => {
        expect(applied(old, unifiedDiff(old, fresh, 1000))).toBe(fresh);
      }),
    );
  });

  it("is empty for equal texts", () => {
    expect(unifiedDiff("a\nb\n", "a\nb\n")).toBe("");
  });

  it("shows three lines around a change and marks what is left out", () => {
    const numbered = Array.from({ length: 20 }, (_, at) => `${at}`);
    const fresh = numbered.map((line) => (line === "10" ? "ten" : line));
    expect(unifiedDiff(numbered.join("\n"), fresh.join("\n")).split("\n")).toEqual([
      "@@",
      " 7",
      " 8",
      " 9",
      "-10",
      "+ten",
      " 11",
      " 12",
      " 13",
      "@@",
    ]);
  });
});

describe("readPreview", () => {
  it.each([
    ["text", "Previewing update (lab):", /is not the JSON of `pulumi preview --json`/],
    ["other JSON", '{"a": 1}', /has no steps/],
    ["a list", "[]", /has no steps/],
  ])("refuses %s", (_, given, message) => {
    expect(() => readPreview(given, "p.json")).toThrow(message);
    expect(() => readPreview(given, "p.json")).toThrow(CannotLook);
  });

  it("takes a preview in which the program failed and no step was made", () => {
    const failed = {
      changeSummary: {},
      diagnostics: [{ severity: "error", message: "error: no\n" }],
    };
    expect(readPreview(JSON.stringify(failed), "p").errors).toEqual(["no"]);
  });
});

describe("Mask", () => {
  const mask = (value: string) =>
    new Mask({
      names: { node: ["pve01", "pve1"], host: ["pve01.example.net"], alias: ["General Workloads"] },
      asns: ["4200001000"],
    }).text(value);

  it.each([
    ["fd00:101::/64 and 10.101.0.0/24", "ipv6-1/64 and ipv4-1/24"],
    ["FD00::1 fd00::1 fd00::2", "ipv6-1 ipv6-1 ipv6-2"],
    ["::1", "ipv6-1"],
    ["::ffff:10.0.0.1", "ipv6-1"],
    ["BC:24:11:00:00:01", "mac-1"],
    ["route-target import 65000:1", "route-target import asn-1:1"],
    ["rd 10.255.0.1:5", "rd ipv4-1:5"],
    ["router bgp 4200001000 vrf x", "router bgp asn-1 vrf x"],
    ["pve01 pve01.example.net pve1 pve011", "node-1 host-1 node-2 pve011"],
    ["lab-pve01-frr-conf-local", "lab-node-1-frr-conf-local"],
    ["alias: General Workloads", "alias: alias-1"],
    ["vni 10101, mtu 1450, took 2m30s", "vni 10101, mtu 1450, took 2m30s"],
    ["Proxmox VE 9.1, @@ ::", "Proxmox VE 9.1, @@ ::"],
  ])("%s", (given, wanted) => expect(mask(given)).toBe(wanted));

  it("leaves no address, whatever stands around it", () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const group = fc.integer({ min: 0, max: 0xffff }).map((value) => value.toString(16));
    const around = fc.constantFrom("", " ", "(", ")", ",", "/", "=", "`", '"', "\n", "-", "_");
    fc.assert(
      fc.property(
        fc.oneof(
          fc.tuple(octet, octet, octet, octet).map((parts) => parts.join(".")),
          fc.array(group, { minLength: 8, maxLength: 8 }).map((parts) => parts.join(":")),
          fc.tuple(group, group).map(([a, b]) => `${a}:1::${b}`),
        ),
        around,
        around,
        (address, before, after) => {
          expect(mask(`x ${before}${address}${after}`)).not.toContain(address);
        },
      ),
    );
  });
});

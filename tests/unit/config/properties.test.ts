import * as fc from "fast-check";
import { parseConfig } from "../../../config/parse";
import { buildPlan } from "../../../plan/plan";
import { identity } from "../../fixtures/stack-config";
import { spellings, validConfig } from "./arbitrary-config";
import { absent, changed, shownPath, violationsIn } from "./refusal";

const RUNS = { numRuns: 40 };

/** Another order of the fields, which means nothing in YAML. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, part]): [string, unknown] => [name, reversed(part)])
      .reverse(),
  );
}

it("every valid config is accepted, and plans the same whenever and however it is read", () => {
  fc.assert(
    fc.property(validConfig, (config) => {
      const before = structuredClone(config);
      const { hash } = buildPlan(parseConfig(config), identity);
      expect(buildPlan(parseConfig(structuredClone(config)), identity).hash).toBe(hash);
      expect(buildPlan(parseConfig(reversed(config)), identity).hash).toBe(hash);
      expect(config).toEqual(before);
    }),
    RUNS,
  );
});

/** One mistake in a field that every generated config has. */
const MUTATIONS = fc.oneof(
  fc.tuple(
    fc.constantFrom("zone.vrfVni", "fabric.asn", "zone.mtu", "nodes.0.port"),
    fc.oneof(
      fc.integer({ max: 0 }),
      fc.integer({ min: 4294967296, max: Number.MAX_SAFE_INTEGER }),
      fc.double({ min: 1.1, max: 9.9, noInteger: true }),
      fc.string(),
      fc.boolean(),
      fc.constantFrom(null, [], {}),
    ),
  ),
  fc.tuple(
    fc.constantFrom("zone.id", "nodes.0.name", "controller.id"),
    fc.oneof(fc.integer(), fc.constantFrom("", "a b", "ａｂ", "a\u200bb", "-a", "a/b", "é")),
  ),
  fc.tuple(
    fc.constantFrom("nodes.0.loopback.ipv4", "nodes.0.loopback.ipv6"),
    fc.constantFrom("", "10.0.0.0/8", "10.0.0", "::ffff:10.0.0.1", "fe80::1%eth0", "1::2::3", 7),
  ),
  fc.tuple(
    fc.constantFrom("cluster", "nodes", "fabric", "zone"),
    fc.constantFrom(absent, "text", null, 7, true),
  ),
  fc.tuple(
    fc.constantFrom("extra", "zone.extra", "nodes.0.extra", "frr.extra", "cluster.api.extra"),
    fc.jsonValue(),
  ),
);

it("a single mistake is refused with its path and nothing else", () => {
  fc.assert(
    fc.property(validConfig, MUTATIONS, (config, [path, value]) => {
      const found = violationsIn(changed(config, path, value));
      expect(found.map((violation) => violation.path)).toEqual([shownPath(path)]);
    }),
    { numRuns: 150 },
  );
});

it("an address is the same in every spelling", () => {
  const groups = fc.tuple(
    fc.constant(0xfd00),
    ...Array.from({ length: 7 }, () =>
      fc.oneof(fc.constant(0), fc.integer({ max: 0xffff, min: 0 })),
    ),
  );
  const pairs = groups.chain((each) => fc.tuple(spellings(each), spellings(each)));
  const loopbackOf = (ipv6: string) =>
    parseConfig({
      cluster: { api: { endpoint: "https://pve01:8006" } },
      nodes: [{ name: "pve01", address: "pve01", loopback: { ipv6 }, meshInterfaces: ["eth0"] }],
      fabric: { asn: 65000, underlayMtu: 9000 },
      controller: { peers: [ipv6] },
      zone: { id: "zone1", vrfVni: 4096 },
    });
  fc.assert(
    fc.property(pairs, ([one, other]) => {
      const config = loopbackOf(one);
      expect(loopbackOf(other)).toEqual(config);
      expect(config.nodes[0]?.loopback.ipv6).toBe(config.controller.peers?.[0]);
    }),
    RUNS,
  );
});

import * as fc from "fast-check";
import { FabricConfigInput } from "../../../config/schema";

/** Valid configs: what differs is drawn, what must not clash is numbered. */
export const validConfig: fc.Arbitrary<FabricConfigInput> = fc
  .record({
    nodes: fc.integer({ min: 1, max: 5 }),
    exits: fc.integer({ min: 0, max: 5 }),
    subnets: fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 5 }),
    asn: fc.integer({ min: 1, max: 4294967295 }),
    vrfVni: fc.integer({ min: 100, max: 16777215 }),
    mtu: fc.integer({ min: 1280, max: 8900 }),
    peers: fc.constantFrom("ipv4" as const, "ipv6" as const, undefined),
    primary: fc.boolean(),
    snat: fc.boolean(),
    alias: fc.option(fc.stringMatching(/^[A-Za-z0-9 ()\-_.]{0,64}$/), { nil: undefined }),
    sessions: fc.constantFrom("vtep" as const, "mesh" as const),
    topology: fc.constantFrom("ring" as const, "mesh" as const, "routed" as const, undefined),
    inZone: fc.integer({ min: 1, max: 5 }),
    edge: fc.option(fc.subarray(["evpn", "ipv4", "ipv6"] as const, { minLength: 1 }), {
      nil: undefined,
    }),
    flags: fc.record({ routeReflection: fc.boolean(), advertiseSviIp: fc.boolean() }),
  })
  .map((drawn) => {
    const nodes = Array.from({ length: drawn.nodes }, (_unused, index) => ({
      name: `pve${index + 1}`,
      address: `10.0.10.${index + 1}`,
      loopback: { ipv4: `10.255.0.${index + 1}`, ipv6: `fd00:255::${index + 1}` },
      meshInterfaces: ["eth0", "eth1"],
    }));
    const { peers, topology, edge } = drawn;
    const members = nodes.slice(0, drawn.inZone).map(({ name }) => name);
    const exitNodes = members.slice(0, drawn.exits);
    // Two links a node: more than three nodes are a ring, whatever its name.
    const { routeReflection, ...flags } = drawn.flags;
    const mayDrop = topology === "routed" || nodes.length <= 3;
    return {
      cluster: { api: { endpoint: "https://pve01.example.net:8006" } },
      nodes,
      fabric: {
        asn: drawn.asn,
        underlayMtu: 9000,
        ...(topology ? { topology } : {}),
        ...(edge
          ? {
              externalPeers: [
                { address: "192.0.2.1", asn: drawn.asn === 1 ? 2 : 1, families: edge },
              ],
            }
          : {}),
      },
      ...(peers ? { controller: { peers: nodes.map(({ loopback }) => loopback[peers]) } } : {}),
      zone: {
        id: "zone1",
        vrfVni: drawn.vrfVni,
        mtu: drawn.mtu,
        ...(drawn.inZone < drawn.nodes ? { nodes: members } : {}),
        exitNodes,
        ...(drawn.primary && exitNodes[0] ? { primaryExitNode: exitNodes[0] } : {}),
      },
      vnets: drawn.subnets.map((count, v) => ({
        id: `vnet${v}`,
        vni: v + 1,
        ...(drawn.alias === undefined ? {} : { alias: drawn.alias }),
        subnets: [
          { cidr: `fd00:${v + 1}::/64`, gateway: `fd00:${v + 1}::1`, snat: drawn.snat },
          { cidr: `10.${v}.0.0/24`, gateway: `10.${v}.0.1`, snat: drawn.snat },
          { cidr: `10.${v}.1.0/31`, gateway: `10.${v}.1.0` },
        ].slice(0, count),
      })),
      frr: {
        evpnSessions: topology === "routed" ? "vtep" : drawn.sessions,
        ...(mayDrop ? { routeReflection } : {}),
        ...flags,
      },
    };
  });

/** Another spelling of the same IPv6 address: case, leading zeros, which zeros are left out. */
export function spellings(groups: number[]): fc.Arbitrary<string> {
  return fc
    .record({ upper: fc.boolean(), padded: fc.boolean(), shorten: fc.boolean() })
    .map(({ upper, padded, shorten }) => {
      const hex = groups.map((group) => group.toString(16).padStart(padded ? 4 : 1, "0"));
      const zeros = groups.indexOf(0);
      // One `::` may stand for a single group too (RFC 4291 §2.2), which RFC 5952 would not write.
      const text =
        shorten && zeros >= 0
          ? `${hex.slice(0, zeros).join(":")}::${hex.slice(zeros + 1).join(":")}`
          : hex.join(":");
      return upper ? text.toUpperCase() : text;
    });
}

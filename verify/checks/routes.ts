import { autoRouteTarget } from "../../plan/addressing";
import type { NodeExpectation } from "../expect";
import type { Observation } from "../observation";
import { compare, fail, pass, Row, RowBase, skip } from "../row";

/** A flood entry: FRR adds one for each VTEP from which a type-3 route came (RFC 7432 §7.3). */
const FLOOD_MAC = "00:00:00:00:00:00";

/** Type-3: every other node of the zone announces every VNet, with the VNet's route target. */
export function checkType3(expected: NodeExpectation, observed: Observation): Row[] {
  const { node, zone, asn } = expected;
  return (zone?.vxlans ?? [])
    .filter(({ kind }) => kind === "vnet")
    .flatMap(({ vni, bridge }) =>
      (zone?.others ?? []).map(({ node: peer, vtep }) => {
        const target = `RT:${autoRouteTarget(asn, vni)}`;
        const here = observed.routes.some(
          ({ prefix, communities }) =>
            prefix.startsWith("[3]") &&
            prefix.endsWith(`[${vtep}]`) &&
            communities.split(" ").includes(target),
        );
        return compare(
          {
            check: "type-3",
            node,
            subject: `${bridge} from ${peer}`,
            expected: target,
            peer,
            device: bridge,
          },
          here ? target : undefined,
          "type-3-missing",
          "vtysh -c 'show bgp l2vpn evpn route type 3'",
        );
      }),
    );
}

/**
 * Next hops of what other nodes sent: VTEPs of nodes, or of routers outside the fabric. What such a router
 * announces comes from the nodes as well, with its own next hop (RFC 4271 §5.1.3: unchanged inside the AS).
 */
export function checkNextHops(expected: NodeExpectation, observed: Observation): Row[] {
  const { node, vtep, others, mesh, neighbors } = expected;
  const vteps = [vtep, ...others.map((other) => other.vtep)];
  const outside = (from: string | undefined): from is string =>
    from !== undefined && !vteps.includes(from) && !mesh.includes(from);
  const known = new Set([
    ...vteps,
    ...neighbors.map(({ peer }) => peer).filter(outside),
    ...observed.routes.flatMap(({ from, nextHops }) => (outside(from) ? nextHops : [])),
  ]);
  const sent = observed.routes.filter(({ from }) => from !== undefined && vteps.includes(from));
  const wrong = sent.flatMap(({ prefix, nextHops }) =>
    nextHops.filter((hop) => !known.has(hop)).map((hop) => `${hop} for ${prefix}`),
  );
  const base: RowBase = { check: "next-hop", node, subject: "EVPN routes", expected: "VTEPs" };
  return [
    wrong.length === 0
      ? pass(base)
      : fail(
          base,
          wrong.slice(0, 3).join("; "),
          "next-hop",
          "vtysh -c 'show bgp l2vpn evpn route'",
        ),
  ];
}

/**
 * Flood entries: each VNet's device floods to every other VTEP. This is what shows IPv6 tunnels on an
 * FRR before 10.6, where sessions and routes look sound and the kernel refuses the entry.
 */
export function checkFdb({ node, zone }: NodeExpectation, observed: Observation): Row[] {
  return (zone?.vxlans ?? [])
    .filter(({ kind }) => kind === "vnet")
    .flatMap(({ device, bridge }) => {
      const entries = observed.fdb
        .filter(({ mac, ifname }) => ifname === device && mac === FLOOD_MAC)
        .flatMap(({ dst }) => (dst ? [dst] : []));
      return (zone?.others ?? []).map(({ node: peer, vtep }) =>
        compare(
          {
            check: "fdb",
            node,
            subject: `${device} to ${peer}`,
            expected: vtep,
            peer,
            device: bridge,
          },
          entries.includes(vtep) ? vtep : undefined,
          "fdb-missing",
          `bridge fdb show dev ${device}; vtysh -c 'show bgp l2vpn evpn route type 3'`,
        ),
      );
    });
}

const DEFAULTS = { ipv4: ["[0.0.0.0]", "0.0.0.0/0"], ipv6: ["[::]", "::/0"] } as const;

/**
 * Default routes (type-5 with length 0). An exit node announces its own and refuses the others'
 * (MAP_VTEP_IN); every other node has one in its VRF, from one of the exits.
 */
export function checkDefaults(expected: NodeExpectation, observed: Observation): Row[] {
  const { node, vtep, zone } = expected;
  if (!zone || (!zone.isExit && zone.exits.length === 0)) return [];
  return zone.families.map((family) => {
    const [inPrefix, prefix] = DEFAULTS[family];
    if (zone.isExit) {
      const own = observed.routes.some(
        ({ prefix: route, from, nextHops }) =>
          from === undefined &&
          route.startsWith("[5]") &&
          route.endsWith(inPrefix) &&
          nextHops.includes(vtep),
      );
      return compare(
        { check: "default", node, subject: prefix, expected: "announced" },
        own ? "announced" : undefined,
        "default-route",
        "vtysh -c 'show bgp l2vpn evpn route type 5'",
      );
    }
    const exits = zone.others.filter((other) => zone.exits.includes(other.node));
    const hops = (observed.vrfRoutes[prefix] ?? [])
      .filter(({ selected, installed, protocol }) => selected && installed && protocol === "bgp")
      .flatMap(({ nexthops }) => nexthops.flatMap(({ ip }) => (ip ? [ip] : [])));
    const leads = exits.some((exit) => hops.includes(exit.vtep));
    return compare(
      { check: "default", node, subject: prefix, expected: "to an exit node" },
      leads ? "to an exit node" : hops.join(", ") || undefined,
      "default-route",
      `vtysh -c 'show ip route vrf ${zone.vrf}' -c 'show bgp l2vpn evpn route type 5'`,
    );
  });
}

/** No route of the VRF that zebra chose and the kernel does not have. */
export function checkVrfRoutes({ node, zone }: NodeExpectation, observed: Observation): Row[] {
  if (!zone) return [];
  const failed = Object.entries(observed.vrfRoutes)
    .filter(([, routes]) =>
      routes.some(
        ({ selected, installed, failed: refused, queued }) =>
          refused || (selected && !installed && !queued),
      ),
    )
    .map(([prefix]) => prefix);
  const base: RowBase = {
    check: "vrf-route",
    node,
    subject: zone.vrf,
    expected: "all routes in the kernel",
  };
  if (Object.keys(observed.vrfRoutes).length === 0)
    return [skip(base, "FRR shows no routes of it")];
  return [
    failed.length === 0
      ? pass(base)
      : fail(
          base,
          `not in the kernel: ${failed.slice(0, 5).join(", ")}`,
          "vrf-route-failed",
          `vtysh -c 'show ip route vrf ${zone.vrf}' -c 'show ipv6 route vrf ${zone.vrf}'`,
        ),
  ];
}

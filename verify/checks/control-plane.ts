import { isIPv6 } from "node:net";
import { autoRouteTarget } from "../../plan/addressing";
import type { NodeExpectation } from "../expect";
import type { Observation } from "../observation";
import { evpnNeighborsOf } from "../own-sessions";
import { compare, fail, pass, Row, RowBase } from "../row";

const OWN = "a session of your own";

/**
 * l2vpn evpn neighbors: Established, exactly those that are expected. A session of the operator's own
 * that frr.conf declares is no mistake; one on a mesh interface is: with `vtep` sessions the overlay has
 * no business there, and routes by it have other next hops than VTEPs.
 */
export function checkNeighbors(expected: NodeExpectation, observed: Observation): Row[] {
  const seen = observed.summaries.l2VpnEvpn?.peers ?? {};
  const base = { check: "neighbor" as const, node: expected.node };
  const wanted = expected.neighbors.map(({ peer: subject, node: peer }) =>
    compare(
      { ...base, subject, expected: "Established", peer: peer ?? seen[subject]?.hostname },
      seen[subject]?.state,
      "neighbor-down",
      `vtysh -c 'show bgp l2vpn evpn neighbors ${subject}'`,
    ),
  );
  const declared = evpnNeighborsOf(observed.frrConf, expected.asn);
  const extra = Object.entries(seen)
    .filter(([peer]) => !expected.neighbors.some((neighbor) => neighbor.peer === peer))
    .map(([subject, { state }]): Row => {
      if (declared.has(subject) && !expected.mesh.includes(subject)) {
        const own = { ...base, subject, expected: OWN };
        if (state === "Established") return pass(own);
        return {
          ...own,
          observed: state,
          status: "warn",
          reason: "frr.conf declares it, not the plan",
        };
      }
      return fail(
        { ...base, subject, expected: "no such neighbor" },
        state,
        "neighbor-extra",
        "vtysh -c 'show bgp l2vpn evpn summary'; cat /etc/frr/frr.conf.local",
      );
    });
  return [...wanted, ...extra];
}

/** The VRF's VNI in FRR: up, in the zone's VRF, with a router MAC. */
export function checkL3Vni({ node, zone }: NodeExpectation, { vnis }: Observation): Row[] {
  if (!zone) return [];
  const vni = vnis.find((each) => each.vni === zone.vrfVni);
  const seen =
    vni &&
    `${vni.type} ${vni.state ?? "no state"} in ${vni.tenantVrf}, ` +
      (/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/.test(vni.routerMac ?? "") ? "router MAC" : "no router MAC");
  const expected = `L3 Up in ${zone.vrf}, router MAC`;
  return [
    compare(
      { check: "l3vni", node, subject: `VNI ${zone.vrfVni}`, expected },
      seen,
      "l3vni-down",
      `vtysh -c 'show evpn vni ${zone.vrfVni}' -c 'show vrf vni'`,
    ),
  ];
}

/**
 * FRR's own idea of the tunnel source. FRR before 10.6 keeps it as IPv4: with an IPv6 tunnel it says
 * 0.0.0.0, sessions and routes look sound, and no packet passes.
 */
export function checkVteps({ node, vtep, zone }: NodeExpectation, { vnis }: Observation): Row[] {
  if (!zone) return [];
  const ours = vnis.filter(({ vni }) => zone.vxlans.some((vxlan) => vxlan.vni === vni));
  const wrong = ours.flatMap(({ vni, vtepIp, localVtepIp }) => {
    const seen = vtepIp ?? localVtepIp;
    return seen === vtep ? [] : [`${seen ?? "none"} for VNI ${vni}`];
  });
  const base: RowBase = { check: "vtep", node, subject: "FRR's VNIs", expected: vtep };
  if (ours.length > 0 && wrong.length === 0) return [pass(base)];
  const old = isIPv6(vtep) && ours.some(({ vtepIp }) => vtepIp === "0.0.0.0");
  return [
    fail(
      base,
      wrong.join(", ") || "no VNI",
      old ? "vtep-ipv6-old-frr" : "vtep-wrong",
      "vtysh -c 'show evpn vni detail' -c 'show version'",
    ),
  ];
}

/**
 * Route targets. Imported: of each VNet its automatic one, of the VRF those that the plan names.
 * Exported: the automatic one; at a start FRR 10.3 may derive the VRF's from AS 1 (plan/frr-block.ts).
 */
export function checkRouteTargets(expected: NodeExpectation, observed: Observation): Row[] {
  const { node, zone, asn } = expected;
  if (!zone) return [];
  return zone.vxlans.map(({ vni, bridge, kind }) => {
    const own = autoRouteTarget(asn, vni);
    const wanted = kind === "vrf" ? zone.routeTargets : [own];
    const seen = observed.bgpVnis.find((each) => each.vni === vni);
    const base: RowBase = {
      check: "route-target",
      node,
      subject: `VNI ${vni}`,
      expected: `imports ${wanted.join(", ")}`,
      device: bridge,
    };
    const look = `vtysh -c 'show bgp l2vpn evpn vni ${vni}'`;
    if (!seen || !wanted.every((target) => seen.importRTs.includes(target))) {
      const imported = seen && `imports ${seen.importRTs.join(", ") || "nothing"}`;
      return fail(base, imported, "route-target", look);
    }
    if (!seen.exportRTs.includes(own)) {
      const exported = `exports ${seen.exportRTs.join(", ") || "nothing"}`;
      return fail({ ...base, expected: `exports ${own}` }, exported, "route-target-exported", look);
    }
    return pass(base);
  });
}

import type { NodeExpectation } from "../expect";
import type { Observation } from "../observe";
import { row, Row } from "../row";

/** A flood entry: FRR adds one for each VTEP from which a type-3 route came (RFC 7432 §7.3). */
const FLOOD_MAC = "00:00:00:00:00:00";

/**
 * Forwarding entries: each VNet's device floods to every other VTEP. This is what shows IPv6 tunnels
 * on an FRR before 10.6, where sessions and routes look sound and the kernel refuses the entry.
 */
export function checkFdb(expected: NodeExpectation, observed: Observation): Row[] {
  return expected.vxlans.flatMap(({ device, floodTo }) => {
    const entries = observed.fdb
      .filter(({ mac, ifname }) => ifname === device && mac === FLOOD_MAC)
      .flatMap(({ dst }) => (dst ? [dst] : []));
    return floodTo.map((vtep) =>
      row(
        { check: "fdb", node: expected.node, subject: `${device} to ${vtep}`, expected: vtep },
        entries.includes(vtep) ? vtep : undefined,
        "no type-3 route came from there, or the kernel refused the entry; " +
          `look at \`bridge fdb show dev ${device}\` and \`vtysh -c 'show bgp l2vpn evpn route type 3'\``,
      ),
    );
  });
}

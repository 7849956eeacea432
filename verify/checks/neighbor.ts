import type { NodeExpectation } from "../expect";
import type { Observation } from "../observe";
import { row, Row } from "../row";

const HINT =
  "the loopback is not reached over the mesh, or the session has another source address; " +
  "look at `vtysh -c 'show bgp l2vpn evpn summary'` and `vtysh -c 'show bgp ipv4 unicast summary'`";

/** l2vpn evpn neighbors: Established, exactly those that are expected. */
export function checkNeighbor(expected: NodeExpectation, observed: Observation): Row[] {
  const base = { check: "neighbor", node: expected.node };
  const wanted = expected.neighbors.map((subject) =>
    row({ ...base, subject, expected: "Established" }, observed.neighbors[subject], HINT),
  );
  const extra = Object.keys(observed.neighbors)
    .filter((peer) => !expected.neighbors.includes(peer))
    .map((subject) =>
      row(
        { ...base, subject, expected: "no such neighbor" },
        observed.neighbors[subject],
        "somebody else configures EVPN sessions here; look at /etc/frr/frr.conf.local",
      ),
    );
  return [...wanted, ...extra];
}

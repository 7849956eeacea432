import type { NodeExpectation } from "../expect";
import type { Observation } from "../observation";
import { compare, Row } from "../row";

const TRANSLATES = /-j (SNAT|MASQUERADE)\b/;

/** SNAT rules: one per subnet at least. `ifreload` piles them up, so their number means nothing. */
export function checkSnat({ node, zone }: NodeExpectation, { nat }: Observation): Row[] {
  return (zone?.snat ?? []).map(({ family, cidr }) => {
    const rule = nat.some((line) => line.includes(` -s ${cidr} `) && TRANSLATES.test(line));
    const save = family === "ipv4" ? "iptables-save" : "ip6tables-save";
    return compare(
      { check: "snat", node, subject: cidr, expected: "a rule" },
      rule ? "a rule" : undefined,
      "snat-missing",
      `${save} -t nat | grep POSTROUTING`,
    );
  });
}

/** The exit's own way out, in each family in which it translates addresses. */
export function checkUpstream({ node, zone }: NodeExpectation, { upstream }: Observation): Row[] {
  const families = [...new Set(zone?.snat.map(({ family }) => family) ?? [])];
  return families.map((family) => {
    const seen = upstream[family];
    const way = seen?.gateway ?? seen?.device;
    const ip = family === "ipv4" ? "ip -4" : "ip -6";
    return compare(
      { check: "upstream", node, subject: family, expected: "a gateway that answers" },
      way && (seen?.answers ? "a gateway that answers" : `${way} does not answer`),
      "upstream-lost",
      `${ip} route show default; ${ip} neigh`,
    );
  });
}

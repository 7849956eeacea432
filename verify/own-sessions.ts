import { readStatements } from "../plan/frr-statements";

/**
 * Neighbors that frr.conf activates for l2vpn evpn, by themselves or by their peer-group. What stands in
 * the file and the plan does not know is the operator's own, from outside our block or from
 * `frr.extraLines`: a route reflector beside the fabric, for instance.
 */
export function evpnNeighborsOf(frrConf: string, asn: number): Set<string> {
  const statements = readStatements(frrConf.replaceAll("\r", ""));
  const at = (...place: string[]) =>
    statements.filter((each) => each.place.join() === place.join()).map(({ text }) => text);
  const router = at(`router bgp ${asn}`);
  const active = at(`router bgp ${asn}`, "address-family l2vpn evpn").flatMap(
    (text) => /^neighbor (\S+) activate$/.exec(text)?.[1] ?? [],
  );
  const members = active.flatMap((group) =>
    router.flatMap((text) => {
      const [, peer, of] = /^neighbor (\S+) (?:interface )?peer-group (\S+)$/.exec(text) ?? [];
      return of === group && peer !== undefined ? [peer] : [];
    }),
  );
  return new Set([...active, ...members]);
}

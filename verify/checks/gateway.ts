import type { NodeExpectation } from "../expect";
import type { Observation } from "../observe";
import { row, Row } from "../row";

/** Anycast gateways: the address stands on the VNet's bridge. */
export function checkGateway(expected: NodeExpectation, observed: Observation): Row[] {
  return expected.gateways.map(({ bridge, address, prefix }) => {
    const wanted = `${address}/${prefix}`;
    const onBridge = observed.addresses
      .filter(({ ifname }) => ifname === bridge)
      .flatMap(({ addr_info }) => addr_info.map((info) => `${info.local}/${info.prefixlen}`));
    return row(
      { check: "gateway", node: expected.node, subject: `${bridge} ${address}`, expected: wanted },
      onBridge.includes(wanted) ? wanted : undefined,
      "the first ifreload loses IPv6 addresses unless net.ipv6.conf.{all,default}.keep_addr_on_down is 1; " +
        `look at \`ip address show dev ${bridge}\` and run \`ifreload -a\` once more`,
    );
  });
}

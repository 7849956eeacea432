import type { NodeExpectation } from "../expect";
import type { Observation } from "../observe";
import { row, Row } from "../row";

/** VXLAN devices: there, up, with VNI, tunnel source, bridge and MTU as planned. */
export function checkVxlan(expected: NodeExpectation, observed: Observation): Row[] {
  return expected.vxlans.map((vxlan) => {
    const link = observed.links.find(({ ifname }) => ifname === vxlan.device);
    const data = link?.linkinfo?.info_data;
    const seen =
      link &&
      [
        `vni ${data?.id}`,
        `local ${data?.local ?? data?.local6 ?? "none"}`,
        `in ${link.master ?? "no bridge"}`,
        `mtu ${link.mtu}`,
        link.flags.includes("UP") ? "up" : "down",
      ].join(", ");
    const wanted = `vni ${vxlan.vni}, local ${vxlan.local}, in ${vxlan.bridge}, mtu ${vxlan.mtu}, up`;
    return row(
      { check: "vxlan", node: expected.node, subject: vxlan.device, expected: wanted },
      seen,
      `ifreload did not bring the device up as PVE wrote it; look at \`ip -d link show ${vxlan.device}\` and /etc/network/interfaces.d/sdn`,
    );
  });
}

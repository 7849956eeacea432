import type { NodeExpectation } from "../expect";
import type { Observation } from "../observation";
import { compare, fail, pass, Row } from "../row";

const DAEMONS = ["zebra", "bgpd", "bfdd"];

/** FRR's daemons: PVE's sessions use BFD, so bfdd counts too. */
export function checkDaemons({ node }: NodeExpectation, { daemons }: Observation): Row[] {
  return DAEMONS.map((daemon) =>
    compare(
      { check: "daemon", node, subject: daemon, expected: "runs" },
      daemons.includes(daemon) ? "runs" : "stopped",
      "daemon-stopped",
      "systemctl status frr; vtysh -c 'show watchfrr'",
    ),
  );
}

/** Interfaces whose reverse path filter counts: answers leave by another node than requests came from. */
function filtered({ mesh, zone }: NodeExpectation): string[] {
  return ["all", "default", ...mesh, ...(zone ? zone.vxlans.map(({ bridge }) => bridge) : [])];
}

/** Forwarding, reverse path filter (1 and 2 both drop exit traffic) and addresses kept on `ifreload`. */
export function checkSysctls(expected: NodeExpectation, { sysctls }: Observation): Row[] {
  const { node } = expected;
  const one = (path: string) =>
    compare(
      { check: "sysctl", node, subject: path.replaceAll("/", "."), expected: "1" },
      sysctls[path],
      "sysctl",
      `sysctl ${path.replaceAll("/", ".")}`,
    );
  const filters = filtered(expected).flatMap((name) => {
    const value = sysctls[`net/ipv4/conf/${name}/rp_filter`];
    return value === undefined || value === "0" ? [] : [`${name}=${value}`];
  });
  const base = {
    check: "sysctl" as const,
    node,
    subject: "net.ipv4.conf.*.rp_filter",
    expected: "0",
  };
  return [
    one("net/ipv4/ip_forward"),
    one("net/ipv6/conf/all/forwarding"),
    one("net/ipv6/conf/all/keep_addr_on_down"),
    one("net/ipv6/conf/default/keep_addr_on_down"),
    filters.length === 0
      ? pass(base)
      : fail(base, filters.join(", "), "sysctl", "sysctl -a | grep '\\.rp_filter'"),
  ];
}

/** The loopback addresses, on whatever device they stand. */
export function checkLoopbacks(expected: NodeExpectation, { links }: Observation): Row[] {
  const standing = links.flatMap(({ addr_info }) =>
    addr_info.map(({ local, prefixlen }) => `${local}/${prefixlen}`),
  );
  // On an underlay that is somebody else's it may be any address, with its network's prefix.
  const isHost = expected.meshSessions.length > 0;
  const bare = (address: string) => (isHost ? address : address.split("/")[0]);
  const there = new Set(standing.map(bare));
  return expected.loopbacks.map((address) =>
    compare(
      { check: "loopback", node: expected.node, subject: address, expected: "on the node" },
      there.has(bare(address)) ? "on the node" : undefined,
      "loopback-missing",
      "ip address show; grep -A3 'iface lo' /etc/network/interfaces",
    ),
  );
}

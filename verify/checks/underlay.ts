import type { CauseId } from "../causes";
import type { NodeExpectation } from "../expect";
import type { Observation } from "../observation";
import { compare, fail, pass, Row, RowBase } from "../row";

const FAMILIES = [
  ["ipv4", "ipv4Unicast"],
  ["ipv6", "ipv6Unicast"],
] as const;

/** The node at the other end of a mesh interface, by the name that its router gave in BGP. */
export function meshPeer(observed: Observation, device: string): string | undefined {
  const { ipv4Unicast, ipv6Unicast } = observed.summaries;
  return (ipv4Unicast?.peers[device] ?? ipv6Unicast?.peers[device])?.hostname;
}

/** Mesh interfaces: there, up, with carrier, and large enough for VXLAN. */
export function checkLinks(expected: NodeExpectation, observed: Observation): Row[] {
  return expected.mesh.map((device) => {
    const link = observed.links.find(({ ifname }) => ifname === device);
    const wanted = `up, mtu at least ${expected.underlayMtu}`;
    const base: RowBase = {
      check: "link",
      node: expected.node,
      subject: device,
      expected: wanted,
      device,
      peer: meshPeer(observed, device),
    };
    const look = `ip link show ${device}; ethtool ${device}`;
    if (!link) return fail(base, undefined, "link-down", look);
    if (!link.flags.includes("UP")) return fail(base, "shut down", "link-down", look);
    if (!link.flags.includes("LOWER_UP")) return fail(base, "no carrier", "link-no-carrier", look);
    if (link.mtu < expected.underlayMtu) {
      return fail(base, `up, mtu ${link.mtu}`, "link-mtu", look);
    }
    return pass(base);
  });
}

/**
 * Unicast sessions on the mesh. The node on which BFD's own timer expired hears nothing, while the other
 * one is told so (RFC 5880 §6.8.4, diagnostic 1 and 3): that shows a link that carries one way only.
 */
export function checkUnderlay(expected: NodeExpectation, observed: Observation): Row[] {
  const families = FAMILIES.filter(([family]) =>
    expected.loopbacks.some((address) => address.includes(":") === (family === "ipv6")),
  );
  return expected.meshSessions.map((device) => {
    const states = families.map(
      ([family, key]) =>
        `${family} ${observed.summaries[key]?.peers[device]?.state ?? "not configured"}`,
    );
    const bfd = observed.bfd.find((each) => each.interface === device);
    const deaf = bfd?.status === "down" && bfd.diagnostic === "control detection time expired";
    return compare(
      {
        check: "underlay",
        node: expected.node,
        subject: device,
        expected: families.map(([family]) => `${family} Established`).join(", "),
        device,
        peer: meshPeer(observed, device),
      },
      states.join(", "),
      deaf ? "link-one-way" : "link-silent",
      `vtysh -c 'show bgp neighbors ${device}' -c 'show bfd peers'; ping -I ${device} ff02::1`,
    );
  });
}

/** Why packets to another VTEP are lost, from the device by which they leave. */
function lostBy({ mesh, meshSessions }: NodeExpectation, device: string | undefined): CauseId {
  if (device === undefined || device === "lo") return "path-lost";
  // Without a route of FRR's the default route answers, which knows no loopback.
  return meshSessions.length > 0 && !mesh.includes(device) ? "path-elsewhere" : "path-silent";
}

/** VTEP to VTEP: small packets, and packets of full size with DF. */
export function checkPaths(expected: NodeExpectation, observed: Observation): Row[] {
  return expected.others.flatMap(({ node: peer, vtep }) => {
    const seen = observed.paths[vtep];
    const base = { node: expected.node, peer };
    const reach: RowBase = {
      ...base,
      check: "path",
      subject: `to ${peer} (${vtep})`,
      expected: "answered",
    };
    const size = `${expected.underlayMtu} bytes to ${peer}`;
    const full: RowBase = { ...base, check: "mtu", subject: size, expected: "answered" };
    if (!seen?.small) {
      const look = `ip route get ${vtep}; ping -I ${expected.vtep} ${vtep}`;
      return [fail(reach, "no answer", lostBy(expected, seen?.device), look)];
    }
    const icmp = expected.family === "ipv6" ? 48 : 28;
    const ping = `ping -M do -s ${expected.underlayMtu - icmp} -I ${expected.vtep} ${vtep}`;
    return [
      pass(reach),
      seen.full ? pass(full) : fail(full, "lost, small ones pass", "path-mtu", ping),
    ];
  });
}

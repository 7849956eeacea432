import { CauseId } from "../causes";
import { ExpectedVxlan, NodeExpectation, VXLAN_PORT } from "../expect";
import type { Observation } from "../observation";
import { compare, fail, pass, Row, RowBase } from "../row";

type Link = Observation["links"][number];

function seenOf(link: Link | undefined): string | undefined {
  const data = link?.linkinfo?.info_data;
  return (
    link &&
    [
      `vni ${data?.id}`,
      `local ${data?.local ?? data?.local6 ?? "none"}`,
      `port ${data?.port}`,
      `in ${link.master ?? "no bridge"}`,
      `mtu ${link.mtu}`,
      link.flags.includes("UP") ? "up" : "down",
    ].join(", ")
  );
}

function causeOf(link: Link | undefined, vtep: string): CauseId {
  if (!link) return "vxlan-missing";
  const data = link.linkinfo?.info_data;
  if ((data?.local ?? data?.local6) !== vtep) return "vtep-wrong";
  return link.flags.includes("UP") ? "vxlan-differs" : "vxlan-down";
}

/** VXLAN devices: there, up, with VNI, tunnel source, port, bridge and MTU as planned. */
export function checkVxlan({ node, vtep, zone }: NodeExpectation, observed: Observation): Row[] {
  if (!zone) return [];
  return zone.vxlans.map((vxlan) => {
    const { device, bridge } = vxlan;
    const link = observed.links.find(({ ifname }) => ifname === device);
    const expected = [
      `vni ${vxlan.vni}`,
      `local ${vtep}`,
      `port ${VXLAN_PORT}`,
      `in ${bridge}`,
      `mtu ${zone.mtu}`,
      "up",
    ].join(", ");
    return compare(
      { check: "vxlan", node, subject: device, expected, device: bridge },
      seenOf(link),
      causeOf(link, vtep),
      `ip -d link show ${device}; cat /etc/network/interfaces.d/sdn`,
    );
  });
}

const portsOf = (observed: Observation, bridge: string) =>
  observed.links.filter(({ master }) => master === bridge);

/** The zone's VRF with the bridges of the VNets and of its own VNI in it. */
export function checkVrf({ node, zone }: NodeExpectation, observed: Observation): Row[] {
  if (!zone) return [];
  const has = (name: string) => observed.links.find(({ ifname }) => ifname === name);
  const wanted = `in ${zone.vrf}, up`;
  return zone.vxlans.map(({ bridge }) => {
    const link = has(bridge);
    const seen =
      link &&
      `in ${link.master ?? "no VRF"}, ${link.flags.includes("UP") && has(zone.vrf) ? "up" : "down"}`;
    return compare(
      { check: "vrf", node, subject: bridge, expected: wanted, device: bridge },
      seen,
      "vrf-missing",
      `ip -d link show ${bridge}; ip vrf show`,
    );
  });
}

/** A port that belongs to another VNet: its tunnel, or a cable whose other end is in another VNet. */
function foreign(link: Link, own: ExpectedVxlan, all: ExpectedVxlan[], observed: Observation) {
  if (link.linkinfo?.info_kind === "vxlan") return link.ifname !== own.device;
  const other = observed.links.find(({ ifname }) => ifname === link.link);
  return (
    link.linkinfo?.info_kind === "veth" &&
    other?.master !== undefined &&
    all.some(({ bridge }) => bridge === other.master && bridge !== own.bridge)
  );
}

/** No VNet is joined with another one on a node. */
export function checkBridges({ node, zone }: NodeExpectation, observed: Observation): Row[] {
  if (!zone) return [];
  return zone.vxlans.map((own) => {
    const ports = portsOf(observed, own.bridge)
      .filter((link) => foreign(link, own, zone.vxlans, observed))
      .map(({ ifname }) => ifname);
    const base: RowBase = {
      check: "bridge",
      node,
      subject: own.bridge,
      expected: "own ports only",
      device: own.bridge,
    };
    return ports.length === 0
      ? pass(base)
      : fail(base, `also ${ports.join(", ")}`, "vnets-joined", `bridge link | grep ${own.bridge}`);
  });
}

/** Anycast gateways: the address stands on the VNet's bridge. */
export function checkGateways({ node, zone }: NodeExpectation, observed: Observation): Row[] {
  return (zone?.gateways ?? []).map(({ bridge, address, prefix }) => {
    const expected = `${address}/${prefix}`;
    const link = observed.links.find(({ ifname }) => ifname === bridge);
    const standing = link?.addr_info.map((info) => `${info.local}/${info.prefixlen}`) ?? [];
    return compare(
      { check: "gateway", node, subject: `${bridge} ${address}`, expected, device: bridge },
      standing.includes(expected) ? expected : undefined,
      "gateway-missing",
      `ip address show dev ${bridge}`,
    );
  });
}

import type { NodeExpectation } from "../expect";
import type { Observation } from "../observation";
import { compare, fail, pass, Row, RowBase } from "../row";

/** A node with what is expected of it and what it says. */
export interface Looked {
  expected: NodeExpectation;
  observed: Observation;
}

/** What most of them are; undefined when there is nothing. */
function commonest(values: string[]): string | undefined {
  const count = (value: string) => values.filter((each) => each === value).length;
  return [...new Set(values)].sort((a, b) => count(b) - count(a) || a.localeCompare(b))[0];
}

/**
 * The gateways' MAC address is the zone's, on every VNet of every node; the plan does not know it, since
 * PVE chooses it. What most bridges have is taken as the zone's.
 */
export function checkGatewayMacs(looked: Looked[]): Row[] {
  const bridges = looked.flatMap(({ expected: { node, zone }, observed }) =>
    [...new Set(zone?.gateways.map(({ bridge }) => bridge))].flatMap((bridge) => {
      const mac = observed.links.find(({ ifname }) => ifname === bridge)?.address;
      return mac ? [{ node, bridge, mac }] : [];
    }),
  );
  const common = commonest(bridges.map(({ mac }) => mac));
  return bridges.map(({ node, bridge, mac }) =>
    compare(
      {
        check: "gateway-mac",
        node,
        subject: bridge,
        expected: common ?? "one MAC address",
        device: bridge,
      },
      mac,
      "gateway-mac",
      `ip link show ${bridge}; grep -A8 'iface ${bridge}' /etc/network/interfaces.d/sdn`,
    ),
  );
}

/** A MAC address that a node learned from a guest's port. */
interface LocalMac {
  node: string;
  vtep: string;
  vni: string;
  mac: string;
}

const localMacs = (looked: Looked[]): LocalMac[] =>
  looked.flatMap(({ expected: { node, vtep }, observed }) =>
    Object.entries(observed.macs).flatMap(([vni, { macs }]) =>
      Object.entries(macs).flatMap(([mac, { type }]) =>
        type === "local" ? [{ node, vtep, vni, mac }] : [],
      ),
    ),
  );

/**
 * Type-2: every MAC address that is local somewhere is remote everywhere else, at that VTEP. An address
 * that is local in two places at once has just moved, or is a duplicate, which is the `mac` check's.
 */
export function checkType2(looked: Looked[]): Row[] {
  const local = localMacs(looked);
  return local
    .filter((one) => !local.some((two) => two.mac === one.mac && two.node !== one.node))
    .flatMap(({ node: owner, vtep, vni, mac }) =>
      looked
        .filter(({ expected }) => expected.zone && expected.node !== owner)
        .map(({ expected: { node, zone }, observed }) => {
          const device = zone?.vxlans.find((vxlan) => String(vxlan.vni) === vni)?.bridge;
          const seen = observed.macs[vni]?.macs[mac];
          return compare(
            {
              check: "type-2",
              node,
              subject: `${mac} in ${device ?? vni}`,
              expected: `behind ${vtep}`,
              peer: owner,
              device,
            },
            seen && `behind ${seen.remoteVtep ?? "a port of its own"}`,
            "type-2-missing",
            `vtysh -c 'show evpn mac vni ${vni} mac ${mac}'`,
          );
        }),
    );
}

/** No MAC address that FRR calls a duplicate (RFC 7432 §15.1: moved too often in too short a time). */
export function checkDuplicates(looked: Looked[]): Row[] {
  return looked
    .filter(({ expected }) => expected.zone)
    .map(({ expected: { node }, observed }) => {
      const duplicates = Object.entries(observed.macs).flatMap(([vni, { macs }]) =>
        Object.entries(macs).flatMap(([mac, { isDuplicate }]) =>
          isDuplicate ? [`${mac} in VNI ${vni}`] : [],
        ),
      );
      const base: RowBase = { check: "mac", node, subject: "duplicates", expected: "none" };
      return duplicates.length === 0
        ? pass(base)
        : fail(base, duplicates.join(", "), "mac-duplicate", "vtysh -c 'show evpn mac vni all'");
    });
}

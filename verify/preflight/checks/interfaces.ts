import type { Wanted, WantedNode } from "../expect";
import { finding, Finding } from "../finding";
import type { NodeObservation } from "../observe-node";

/** `source /etc/network/interfaces.d/*`, the file alone, or the folder (ifupdown2 knows all three). */
const SOURCED =
  /^\s*(source\s+(\/etc\/network\/)?interfaces\.d\/(\*|sdn)|source-directory\s+(\/etc\/network\/)?interfaces\.d\/?)\s*$/m;

export function checkSourced({ node }: WantedNode, { interfaces }: NodeObservation): Finding[] {
  if (SOURCED.test(interfaces)) return [];
  const what = "/etc/network/interfaces does not source interfaces.d";
  return [finding(node.name, "interfaces-d", what)];
}

type Link = NodeObservation["links"][number];

const isUp = ({ flags }: Link) => flags.includes("UP") && flags.includes("LOWER_UP");

/** A node with one of several links down still works, so it may be updated. */
export function checkMeshInterfaces(
  { node, path }: WantedNode,
  { links }: NodeObservation,
): Finding[] {
  const named = node.meshInterfaces.map((name, index) => ({
    name,
    where: `${path}.meshInterfaces[${index}]`,
    link: links.find(({ ifname }) => ifname === name),
  }));
  const anyUp = named.some(({ link }) => link !== undefined && isUp(link));
  return named.flatMap(({ name, where, link }) => {
    if (link === undefined) {
      return [finding(node.name, "mesh-interface", `there is no interface ${name}`, { where })];
    }
    if (isUp(link)) return [];
    const state = link.flags.includes("UP") ? "has no carrier" : "is down";
    return [
      finding(node.name, "mesh-interface", `${name} ${state}`, {
        where,
        severity: anyUp ? "warning" : "error",
        why: anyUp
          ? "the next link that goes down separates the node from the others"
          : "no mesh interface is up: the node is separated from the others",
        remedy: `Look at the cable, and at \`ip link show ${name}\` on the node`,
      }),
    ];
  });
}

/** Too small for the zone is an error, other than the config says a warning. */
export function checkMtu(
  { plan, config, leastMtu }: Wanted,
  { node }: WantedNode,
  { links }: NodeObservation,
): Finding[] {
  const { underlayMtu } = config.fabric;
  return links
    .filter(({ ifname }) => node.meshInterfaces.includes(ifname))
    .flatMap(({ ifname, mtu }) => {
      if (mtu < leastMtu) {
        const what = `${ifname} has an MTU of ${mtu} bytes, and zone.mtu ${plan.zone.mtu} needs ${leastMtu}`;
        return [finding(node.name, "underlay-mtu", what, { where: "zone.mtu" })];
      }
      if (mtu === underlayMtu) return [];
      return [
        finding(node.name, "underlay-mtu", `${ifname} has an MTU of ${mtu} bytes`, {
          severity: "warning",
          where: "fabric.underlayMtu",
          why: `the config says ${underlayMtu}, and its checks of zone.mtu go by that`,
          remedy: "Correct the config, or the node's /etc/network/interfaces",
        }),
      ];
    });
}

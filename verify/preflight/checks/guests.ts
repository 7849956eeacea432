import { splitList } from "../../../pve-model/limits";
import type { GuestOnVnet } from "../../../providers/guests";
import type { Wanted } from "../expect";
import { finding, Finding } from "../finding";
import type { ClusterObservation } from "../observe-cluster";

const named = ({ name, kind, vmid, vnets }: GuestOnVnet) =>
  `${name} (${kind} ${vmid} on ${vnets.join(", ")})`;

/**
 * Guests on nodes that the zone is going to leave. A node that it left before is not looked at here:
 * what is lost there an update cannot lose again.
 */
export function checkZoneGuests({ plan, config }: Wanted, cluster: ClusterObservation): Finding[] {
  const { id, nodes: planned } = plan.zone;
  const zone = cluster.sdn.find((object) => object.kind === "zone" && object.id === id);
  if (zone === undefined) return [];
  const { nodes } = zone.options;
  // Proxmox VE: a zone that names no nodes is on all of them.
  const isThere = (node: string) => typeof nodes !== "string" || splitList(nodes).includes(node);
  const ours = cluster.sdn
    .filter(({ kind, options }) => kind === "vnet" && options.zone === id)
    .map((vnet) => vnet.id);
  const leaves = (node: string) =>
    isThere(node) && !planned.includes(node) && !plan.retired.includes(node);
  const losing = cluster.guestsOutside
    .map((guest) => ({ ...guest, vnets: guest.vnets.filter((vnet) => ours.includes(vnet)) }))
    .filter(({ node, vnets }) => vnets.length > 0 && leaves(node));
  return [...new Set(losing.map(({ node }) => node))].map((node) => {
    const names = losing.filter((guest) => guest.node === node).map(named);
    const what = `zone ${id} leaves ${node}, and guests run there: ${names.join("; ")}`;
    return finding(node, "zone-guests", what, {
      where: "zone.nodes",
      ...(config.destroy.force ? { severity: "warning" } : {}),
    });
  });
}

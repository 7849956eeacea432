import type { FabricIntent } from "../intent";
import type { ClusterObservation, Guest } from "../observe-cluster";
import { compare, fail, pass, Row, RowBase, skip } from "../row";

/** Nothing stands in the SDN config that is not applied. */
function checkPending({ entryNode: node }: FabricIntent, { pending }: ClusterObservation): Row[] {
  const base: RowBase = { check: "pending", node, subject: "SDN config", expected: "nothing" };
  return [
    pending.length === 0
      ? pass(base)
      : fail(base, pending.join(", "), "pending", "pvesh get /cluster/sdn/vnets --pending 1"),
  ];
}

/** Proxmox VE calls the zone available on every node of it. */
function checkZones({ zone, nodes }: FabricIntent, observed: ClusterObservation): Row[] {
  return nodes
    .filter(({ inZone }) => inZone)
    .map(({ name: node }) => {
      const base: RowBase = { check: "zone", node, subject: zone.id, expected: "available" };
      const unasked = observed.unasked[node];
      if (unasked !== undefined) return skip(base, `Proxmox VE could not ask the node: ${unasked}`);
      return compare(
        base,
        observed.zones.find((each) => each.zone === zone.id && each.node === node)?.status,
        "zone-unavailable",
        `pvesh get /nodes/${node}/sdn/zones; pvesh get /nodes/${node}/tasks`,
      );
    });
}

/** Each VNet and its subnets as planned. VNets of others are none of ours. */
function checkVnets(intent: FabricIntent, observed: ClusterObservation) {
  const { entryNode: node, zone, vnets, removalsFollow } = intent;
  return vnets.flatMap((vnet): Row[] => {
    const seen = observed.vnets.find(({ id }) => id === vnet.id);
    const wanted = vnet.subnets.map(
      ({ cidr, gateway, snat }) => `${cidr} via ${gateway}${snat ? " SNAT" : ""}`,
    );
    const standing = observed.subnets
      .filter((subnet) => subnet.vnet === vnet.id)
      .filter(({ cidr }) => !removalsFollow || vnet.subnets.some((each) => each.cidr === cidr))
      .map(({ cidr, gateway, snat }) => `${cidr} via ${gateway}${snat ? " SNAT" : ""}`);
    const text = (tag: number | undefined, of: string | undefined, subnets: string[]) =>
      `VNI ${tag} in ${of}, ${[...subnets].sort().join(", ") || "no subnets"}`;
    return [
      compare(
        {
          check: "vnet",
          node,
          subject: vnet.id,
          expected: text(vnet.vni, zone.id, wanted),
          device: vnet.id,
        },
        seen && text(seen.tag, seen.zone, standing),
        "vnet-differs",
        `pvesh get /cluster/sdn/vnets/${vnet.id} --running 1`,
      ),
    ];
  });
}

function guestRow(intent: FabricIntent, guest: Guest, card: Guest["cards"][number]): Row {
  const { zone, nodes } = intent;
  const { node, vmid, kind } = guest;
  const base: RowBase = {
    check: "guest",
    node,
    subject: `${guest.name} (${vmid}) ${card.key}`,
    expected: `${card.bridge}, mtu at most ${zone.mtu}`,
    device: card.bridge,
  };
  const look = `${kind === "qemu" ? "qm" : "pct"} config ${vmid} | grep ${card.key}`;
  if (!nodes.some(({ name, inZone }) => name === node && inZone)) {
    return fail(base, `${card.bridge} does not exist on ${node}`, "guest-bridge", look);
  }
  if (card.mtu !== undefined && card.mtu > zone.mtu) {
    return fail(base, `${card.bridge}, mtu ${card.mtu}`, "guest-mtu", look);
  }
  const row = pass(base, `${card.bridge}, mtu ${card.mtu ?? "not set"}`);
  if (card.mtu !== undefined) return row;
  const reason = "the card names no MTU, so the guest has to set it itself";
  return { ...row, status: "warn", reason };
}

function unreadRow({ node, name, vmid }: Guest, why: string): Row {
  const subject = `${name} (${vmid})`;
  const expected = "cards that fit their VNet";
  return skip({ check: "guest", node, subject, expected }, `its config could not be read: ${why}`);
}

/** Guests with a card on a VNet of the plan. */
function checkGuests(intent: FabricIntent, { guests }: ClusterObservation): Row[] {
  const vnets = intent.vnets.map(({ id }) => id);
  const rows = guests.flatMap((guest): Row[] => {
    if (guest.unread !== undefined) return [unreadRow(guest, guest.unread)];
    return guest.cards
      .filter(({ bridge }) => bridge !== undefined && vnets.includes(bridge))
      .map((card) => guestRow(intent, guest, card));
  });
  if (rows.length > 0) return rows;
  const base: RowBase = {
    check: "guest",
    node: intent.entryNode,
    subject: "guests",
    expected: "cards that fit their VNet",
  };
  return [skip(base, "the cluster has no guest on a VNet of the plan")];
}

/** What Proxmox VE says, against the plan. */
export function checkCluster(intent: FabricIntent, observed: ClusterObservation): Row[] {
  return [checkPending, checkZones, checkVnets, checkGuests].flatMap((check) =>
    check(intent, observed),
  );
}

import type { Fault } from "./fault";

/** Exit nodes and Proxmox VE's own view. */
export const EXIT_FAULTS: Fault[] = [
  {
    id: "snat-removed",
    chapter: "outside",
    title: "A SNAT rule is gone",
    symptom: "Guests of one VNet reach the outside through some exit nodes and not through others",
    // `ifreload` has piled up equal rules: all of them go.
    provoke: {
      pve03:
        "while r=$(iptables -t nat -S POSTROUTING | grep -m1 10.101.0.0 | cut -d' ' -f3-) && [ -n \"$r\" ]; do iptables -t nat -D POSTROUTING $r; done",
    },
    undo: {
      pve03:
        "iptables -t nat -A POSTROUTING -s 10.101.0.0/24 -o vmbr0 -j SNAT --to-source 10.0.10.3",
    },
    fails: ["pve03 snat 10.101.0.0/24"],
    cause: "snat-missing",
  },
  {
    id: "upstream-lost",
    chapter: "outside",
    title: "An exit node has lost its own way out",
    symptom: "Some connections to the outside fail, others work: each exit still announces itself",
    provoke: { pve01: "ip route del default" },
    undo: { pve01: "ip route add default via 10.0.10.254 dev vmbr0 onlink proto kernel" },
    fails: ["pve01 upstream ipv4"],
    cause: "upstream-lost",
  },
  {
    id: "change-pending",
    chapter: "pve",
    title: "A change is left pending",
    symptom: "Nothing, until a node boots and commits it",
    provoke: { pve02: "pvesh set /cluster/sdn/vnets/vnet103 --alias Left" },
    undo: { pve02: "pvesh set /cluster/sdn/vnets/vnet103 --alias 'Talos Cluster 103'" },
    fails: ["pve01 pending SDN config"],
    cause: "pending",
    asksCluster: true,
  },
  {
    id: "zone-unavailable",
    chapter: "pve",
    title: "The zone is not available on a node",
    symptom: "The SDN panel shows the zone as pending or in error on one node",
    provoke: {
      pve03:
        "cp -p /etc/network/interfaces.d/sdn /run/sdn.kept; sed -i '1s/.*/#version:0/' /etc/network/interfaces.d/sdn",
    },
    undo: { pve03: "cp -p /run/sdn.kept /etc/network/interfaces.d/sdn; rm /run/sdn.kept" },
    fails: ["pve03 zone evpnz1"],
    cause: "zone-unavailable",
    asksCluster: true,
  },
];

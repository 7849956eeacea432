import type { Fault } from "./fault";

const IFRELOAD = "ifreload -a >/dev/null 2>&1";

/** Devices, bridges, gateways and forwarding entries. */
export const OVERLAY_FAULTS: Fault[] = [
  {
    id: "vxlan-deleted",
    chapter: "tunnels",
    title: "A VXLAN device is gone",
    symptom: "Guests of one VNet on one node reach no guest elsewhere",
    provoke: { pve01: "ip link del vxlan_vnet103" },
    undo: { pve01: IFRELOAD },
    fails: ["pve01 vxlan vxlan_vnet103"],
    cause: "vxlan-missing",
    follows: ["pve02 type-3 vnet103 from pve01", "pve03 fdb vxlan_vnet103 to pve01"],
  },
  {
    id: "vxlan-down",
    chapter: "tunnels",
    title: "A VXLAN device is down",
    symptom: "Guests of one VNet on one node reach no guest elsewhere",
    provoke: { pve02: "ip link set vxlan_vnet100 down" },
    undo: { pve02: "ip link set vxlan_vnet100 up" },
    fails: ["pve02 vxlan vxlan_vnet100"],
    cause: "vxlan-down",
    follows: ["pve01 fdb vxlan_vnet100 to pve02"],
  },
  {
    id: "vtep-wrong",
    chapter: "tunnels",
    title: "The tunnel source is another address",
    symptom:
      "The node sends from its management address, and the others drop what comes from there",
    provoke: { pve03: "ip link set vxlan_vnet102 type vxlan local 10.0.10.3" },
    undo: { pve03: "ip link set vxlan_vnet102 type vxlan local 10.255.0.3" },
    fails: ["pve03 vxlan vxlan_vnet102"],
    cause: "vtep-wrong",
    follows: ["pve03 vtep FRR's VNIs"],
  },
  {
    // FRR before 10.6 keeps such an address as 0.0.0.0.
    id: "vtep-ipv6",
    chapter: "tunnels",
    title: "A tunnel starts at an IPv6 address, and FRR is older than 10.6",
    symptom: "Sessions are up, routes are listed, and no packet of the VNet passes",
    provoke: {
      pve02: [
        "ip link del vxlan_vnet101",
        "ip link add vxlan_vnet101 mtu 1450 type vxlan id 10101 local fd00:255::2 dstport 4789 nolearning",
        "ip link set vxlan_vnet101 master vnet101 up",
        "bridge link set dev vxlan_vnet101 learning off neigh_suppress on",
      ].join("; "),
    },
    undo: { pve02: `ip link del vxlan_vnet101; ${IFRELOAD}` },
    fails: ["pve02 vxlan vxlan_vnet101"],
    cause: "vtep-wrong",
    follows: ["pve02 vtep FRR's VNIs"],
  },
  {
    id: "vxlan-out-of-bridge",
    chapter: "tunnels",
    title: "A VXLAN device is no port of its bridge",
    symptom: "The device is up, and guests of the VNet reach no guest elsewhere",
    provoke: { pve01: "ip link set vxlan_vnet100 nomaster" },
    undo: {
      pve01:
        "ip link set vxlan_vnet100 master vnet100; bridge link set dev vxlan_vnet100 learning off neigh_suppress on",
    },
    fails: ["pve01 vxlan vxlan_vnet100"],
    cause: "vxlan-differs",
  },
  {
    id: "vxlan-mtu",
    chapter: "mtu",
    title: "A VXLAN device has another MTU than its VNet",
    symptom: "Large packets of one VNet are lost",
    provoke: { pve02: "ip link set vxlan_vnet102 mtu 1300" },
    undo: { pve02: "ip link set vxlan_vnet102 mtu 1450" },
    fails: ["pve02 vxlan vxlan_vnet102"],
    cause: "vxlan-differs",
  },
  {
    id: "bridge-out-of-vrf",
    chapter: "guests",
    title: "A VNet's bridge is not in the VRF",
    symptom: "Guests reach their gateway, and nothing beyond it",
    provoke: { pve03: "ip link set vnet103 nomaster" },
    undo: { pve03: "ip link set vnet103 master vrf_evpnz1" },
    fails: ["pve03 vrf vnet103"],
    cause: "vrf-missing",
  },
  {
    id: "vnets-joined",
    chapter: "guests",
    title: "Two VNets are joined by mistake",
    symptom: "Guests get addresses and neighbors of another VNet",
    provoke: {
      pve01:
        "ip link add joint0 type veth peer name joint1; ip link set joint0 master vnet100; ip link set joint1 master vnet103",
    },
    undo: { pve01: "ip link del joint0" },
    fails: ["pve01 bridge vnet100", "pve01 bridge vnet103"],
    cause: "vnets-joined",
  },
  {
    id: "gateway-removed",
    chapter: "guests",
    title: "A gateway address is gone",
    symptom: "Guests on one node do not reach their gateway",
    provoke: { pve01: "ip address del fd00:103::1/64 dev vnet103" },
    undo: { pve01: "ip address add fd00:103::1/64 dev vnet103" },
    fails: ["pve01 gateway vnet103 fd00:103::1"],
    cause: "gateway-missing",
  },
  {
    id: "gateway-mac",
    chapter: "guests",
    title: "A gateway has another MAC address than on the other nodes",
    symptom: "A guest loses its gateway for a while after it moved",
    provoke: {
      pve02:
        "cat /sys/class/net/vnet103/address >/run/kept; ip link set vnet103 address 02:00:00:00:99:99",
    },
    undo: { pve02: "ip link set vnet103 address $(cat /run/kept); rm /run/kept" },
    fails: ["pve02 gateway-mac vnet103"],
    cause: "gateway-mac",
  },
];

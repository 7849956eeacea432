import type { Fault } from "./fault";

/** Lines in vtysh's configuration mode, one after the other. */
export const vtysh = (...lines: string[]) =>
  `vtysh -c 'configure terminal' ${lines.map((line) => `-c '${line}'`).join(" ")}`;
export const BGP = "router bgp 4200001000";
export const EVPN = "address-family l2vpn evpn";
const VRF = "router bgp 4200001000 vrf vrf_evpnz1";

/** What the remedy says: FRR loads what stands on disk. */
export const RELOAD =
  "/usr/lib/frr/frr-reload.py --reload --stdout /etc/frr/frr.conf </dev/null >/dev/null 2>&1";

/** What FRR runs is not what was written. */
export const CONTROL_PLANE_FAULTS: Fault[] = [
  {
    id: "neighbor-deactivated",
    chapter: "routes",
    title: "A neighbor is not activated in l2vpn evpn",
    symptom: "`show bgp l2vpn evpn summary` is empty on a node, and its BGP sessions are up",
    provoke: { pve01: vtysh(BGP, EVPN, "no neighbor VTEP activate") },
    undo: {
      pve01: vtysh(
        BGP,
        EVPN,
        "neighbor VTEP activate",
        "neighbor VTEP route-map MAP_VTEP_IN in",
        "neighbor VTEP route-map MAP_VTEP_OUT out",
      ),
    },
    fails: ["pve01 frr-config running config"],
    cause: "config-not-running",
    follows: ["pve02 neighbor 10.255.0.1", "pve01 neighbor 10.255.0.2"],
  },
  {
    id: "neighbor-shutdown",
    chapter: "routes",
    title: "A session is shut down by hand",
    symptom: "One EVPN session stays Idle (Admin)",
    provoke: { pve03: vtysh(BGP, "neighbor 10.255.0.1 shutdown") },
    undo: { pve03: vtysh(BGP, "no neighbor 10.255.0.1 shutdown") },
    fails: ["pve03 frr-config running config"],
    cause: "config-not-running",
    follows: ["pve01 neighbor 10.255.0.3", "pve03 neighbor 10.255.0.1"],
  },
  {
    id: "wrong-asn",
    chapter: "routes",
    title: "A neighbor is expected to have another AS number",
    symptom: "The sessions on the mesh go to and fro between Active and Idle",
    provoke: { pve02: vtysh(BGP, "neighbor MESH remote-as external") },
    undo: { pve02: RELOAD },
    fails: ["pve02 block running config"],
    cause: "block-not-running",
    follows: ["pve01 underlay enp1s0f0np0", "pve02 underlay enp1s0f0np0"],
  },
  {
    id: "block-not-running",
    chapter: "routes",
    title: "The block is on disk and not in what FRR runs",
    symptom: "EVPN sessions of a node stay Active: their source address is not the loopback",
    provoke: { pve03: vtysh(BGP, "no neighbor VTEP update-source") },
    undo: { pve03: vtysh(BGP, "neighbor VTEP update-source 10.255.0.3") },
    fails: ["pve03 block running config"],
    cause: "block-not-running",
  },
  {
    id: "block-edited",
    chapter: "routes",
    title: "Somebody edited the block on disk",
    symptom: "All is well until the next apply",
    provoke: {
      pve01:
        "cp -p /etc/frr/frr.conf.local /run/kept && sed -i '/^ neighbor MESH bfd$/d' /etc/frr/frr.conf.local",
    },
    undo: { pve01: "cp -p /run/kept /etc/frr/frr.conf.local; rm /run/kept" },
    fails: ["pve01 block frr.conf.local"],
    cause: "block-on-disk",
  },
  {
    // A single flood entry that is removed by hand comes back at once: FRR puts it in again.
    id: "flooding-disabled",
    chapter: "tunnels",
    title: "A node has no flood entries",
    symptom: "Type-3 routes are there, and broadcasts from one node reach no other node",
    provoke: { pve02: vtysh(BGP, EVPN, "flooding disable") },
    undo: { pve02: vtysh(BGP, EVPN, "flooding head-end-replication") },
    fails: ["pve02 frr-config running config"],
    cause: "config-not-running",
    follows: ["pve02 fdb vxlan_vnet100 to pve01", "pve02 fdb vxlan_vnet103 to pve03"],
  },
  {
    id: "vrf-vni-removed",
    chapter: "guests",
    title: "The VRF has no VNI",
    symptom: "`show evpn` counts 0 L3 VNIs; guests reach no guest of another VNet on another node",
    provoke: { pve02: vtysh("vrf vrf_evpnz1", "no vni 4096") },
    undo: { pve02: vtysh("vrf vrf_evpnz1", "vni 4096") },
    fails: ["pve02 frr-config running config"],
    cause: "config-not-running",
    follows: ["pve02 l3vni VNI 4096"],
  },
  {
    id: "route-target-changed",
    chapter: "guests",
    title: "The VRF imports another route target",
    symptom: "Sessions and routes are there, and the VRF has no remote hosts",
    provoke: { pve03: vtysh(VRF, EVPN, "no route-target import 60904:4096") },
    undo: { pve03: vtysh(VRF, EVPN, "route-target import 60904:4096") },
    fails: ["pve03 block running config"],
    cause: "block-not-running",
    follows: ["pve03 route-target VNI 4096"],
  },
];

/**
 * What a failing row means. `text` says the likely cause, `mend` what to do about it. One table for the
 * command's output, for docs/troubleshooting.md and for the tests that break the lab on purpose.
 */
export const CAUSES = {
  "node-unreachable": {
    text: "the node is down, or SSH to it is refused",
    mend: "Look at its console; correct nodes[].address, nodes[].port or nodes[].hostKey when the node is well",
  },
  "node-silent": {
    text: "FRR runs and does not answer: a daemon hangs, or the node has more to do than it can",
    mend: "Look at its load, and at `journalctl -u frr`; look again when it is calm",
  },
  "daemon-stopped": {
    text: "an FRR daemon does not run, so the node has no routes or does not tell them",
    mend: "`systemctl restart frr` there, and read `journalctl -u frr` for why it stopped; bgpd=yes and bfdd=yes belong in /etc/frr/daemons",
  },
  sysctl: {
    text: "a kernel setting drops packets that the fabric has to forward",
    mend: "Set it in /etc/sysctl.d and load it with `sysctl --system`",
  },
  "link-down": {
    text: "somebody shut the mesh interface down on this node",
    mend: "`ip link set INTERFACE up`, or correct its stanza in /etc/network/interfaces",
  },
  "link-no-carrier": {
    text: "the mesh interface has no carrier: the cable, the transceiver or the port at the other end",
    mend: "Check the cable and the other end's port",
  },
  "link-mtu": {
    text: "the mesh interface is too small for VXLAN packets of full size; small pings still pass",
    mend: "Set the MTU of the underlay at both ends of the link, in /etc/network/interfaces",
  },
  "link-one-way": {
    text: "the link is up, and this node hears nothing on it: packets pass in the other direction only",
    mend: "Look for a firewall rule here, a filter on the way, or a dying transceiver at the other end",
  },
  "link-silent": {
    text: "the link is up at both ends and the routers do not meet on it",
    mend: "Compare both ends' configuration of the neighbor, and look for a firewall between them",
  },
  "loopback-missing": {
    text: "the node's loopback address is gone, and with it tunnel source and router",
    mend: "Declare it in /etc/network/interfaces (an undeclared one is deleted by `ifreload -a`) and run `ifreload -a`",
  },
  "path-lost": {
    text: "this node's own routing table does not lead to the other VTEP",
    mend: "Take out the static, blackhole or policy route that stands before FRR's",
  },
  "path-elsewhere": {
    text: "FRR has no route to the other VTEP's loopback, so packets leave by the default route: the other node does not announce it, or a prefix-list here dropped it",
    mend: "`vtysh -c 'clear bgp * soft in'` asks the neighbors again; then compare `show bgp ipv4 unicast neighbors IFACE advertised-routes` there with the UNDERLAY prefix-list here",
  },
  "path-silent": {
    text: "both nodes route to each other and packets are lost between them",
    mend: "Follow the path with `ping` hop by hop; look for a firewall on the nodes",
  },
  "path-mtu": {
    text: "packets of full size are lost between the VTEPs, small ones pass",
    mend: "Raise the MTU of every link on the path, or lower zone.mtu and the guests' MTU",
  },
  "block-on-disk": {
    text: "the block on the node is not the one that this stack wrote",
    mend: "`pulumi refresh` and `pulumi up` write it again",
  },
  "block-not-running": {
    text: "FRR does not run the block's lines: somebody changed the running config, or it was never loaded",
    mend: "`pulumi up`, or load it by hand: `/usr/lib/frr/frr-reload.py --reload --stdout /etc/frr/frr.conf`",
  },
  "config-not-running": {
    text: "FRR does not run what Proxmox VE wrote: somebody changed the running config with vtysh",
    mend: "Load the file again: `/usr/lib/frr/frr-reload.py --reload --stdout /etc/frr/frr.conf`",
  },
  "neighbor-down": {
    text: "the EVPN session does not come up although both nodes reach each other",
    mend: "Compare the neighbor at both ends: AS number, source address, password",
  },
  "neighbor-extra": {
    text: "there is an EVPN session that the plan does not know",
    mend: "Add the router to externalPeers, or take the session out of where it is configured",
  },
  "vxlan-missing": {
    text: "the VXLAN device is gone",
    mend: "`ifreload -a` makes it again from /etc/network/interfaces.d/sdn",
  },
  "vxlan-down": {
    text: "the VXLAN device is shut down",
    mend: "`ip link set DEVICE up`, or `ifreload -a`",
  },
  "vtep-wrong": {
    text: "the tunnel source is another address: Proxmox VE found another one on this node, or somebody changed the device",
    mend: "The loopback stands in a form from which Proxmox VE does not find it (one IPv4 `address` in `iface lo inet loopback`); correct it, delete the device and apply again",
  },
  "vxlan-differs": {
    text: "the VXLAN device is not the one that Proxmox VE wrote",
    mend: "Delete the device and run `ifreload -a`",
  },
  "vtep-ipv6-old-frr": {
    text: "FRR before 10.6 keeps tunnel sources as IPv4 and passes no packet over IPv6 tunnels, however green its sessions are",
    mend: "Use IPv4 loopbacks in controller.peers, or FRR 10.6 or newer on every node",
  },
  "vrf-missing": {
    text: "the VNet's bridge is not in the zone's VRF, or the VRF is gone",
    mend: "`ifreload -a` puts it there",
  },
  "l3vni-down": {
    text: "FRR has no working L3VNI for the VRF, so no packet passes between VNets of different nodes",
    mend: "Look at `vrf vrf_ZONE` with its `vni` in the running config, and at the devices vrfvx_ZONE and vrfbr_ZONE",
  },
  "gateway-missing": {
    text: "the gateway address is not on the bridge: the first ifreload loses IPv6 addresses unless keep_addr_on_down is 1, or somebody took it away",
    mend: "`ifreload -a` once more",
  },
  "gateway-mac": {
    text: "the gateway has another MAC address here than on the other nodes: a guest that migrates loses its gateway",
    mend: "`ifreload -a` sets the zone's own",
  },
  "type-3-missing": {
    text: "the other node does not announce the VNet, or the route is not imported: compare route targets",
    mend: "Compare the exported and imported route targets of both nodes",
  },
  "fdb-missing": {
    text: "the type-3 route is there and the kernel has no forwarding entry for it: it was removed or refused",
    mend: "`vtysh -c 'clear bgp l2vpn evpn *'` installs it again (sessions reset), or restart FRR on the node",
  },
  "next-hop": {
    text: "a route's next hop is not the VTEP of the node that sent it: somebody sets next-hop-self in l2vpn evpn",
    mend: "Take `next-hop-self` out of `address-family l2vpn evpn`",
  },
  "route-target": {
    text: "the VRF does not import what the plan names, so remote hosts or the outside's routes never enter it",
    mend: "`rt-import` turns the automatic route target off: the fabric's own has to stand beside it, as in the block",
  },
  "route-target-exported": {
    text: "the node's routes carry another route target than the fabric's own, so no other node takes them: FRR derived it before it knew its AS number, or somebody changed it",
    mend: "`pulumi up` loads the block's `route-target export auto`; in an frr.conf of your own put that line into the VRF's `address-family l2vpn evpn`",
  },
  "default-route": {
    text: "no default route reaches the VRF: no exit node announces one that this node takes",
    mend: "Look at the exit nodes' L3VNI and at the VRF's route targets",
  },
  "vrf-route-failed": {
    text: "the kernel refused a route of the VRF",
    mend: "Look at the L3VNI's bridge and at `journalctl -u frr` for the kernel's own words",
  },
  "type-2-missing": {
    text: "a guest that runs elsewhere is not known here by its MAC address",
    mend: "Let the guest speak once; look at the VNet's type-2 routes on both nodes",
  },
  "mac-duplicate": {
    text: "one MAC address speaks from two nodes at once, so packets to it go to and fro",
    mend: "Find both ports and give one of the guests another MAC address, then `clear evpn dup-addr vni all`",
  },
  "vnets-joined": {
    text: "two VNets are joined on this node by a cable or a wrong port, so they are one broadcast domain",
    mend: "Take the port off the bridge",
  },
  "snat-missing": {
    text: "the exit node does not translate the subnet's addresses, so no answer comes back from outside",
    mend: "`ifreload -a` puts the rule back",
  },
  "upstream-lost": {
    text: "the exit node has no way to the outside, and the other nodes still send guests' packets to it",
    mend: "Restore its default route; a primary exit node elsewhere takes over only when this one leaves the zone's exit nodes",
  },
  pending: {
    text: "changes stand in the SDN config that are not applied; a node that boots would commit them",
    mend: "Apply or revert them in the SDN panel; `pulumi up` refuses to apply what is not its own",
  },
  "zone-unavailable": {
    text: "Proxmox VE finds the zone not ready on the node: its last reload failed or never came there",
    mend: "Run the apply again (`pvesh set /cluster/sdn`) and read the node's own reload task",
  },
  "vnet-differs": {
    text: "the applied SDN config is not what the plan says",
    mend: "`pulumi refresh` and `pulumi up`",
  },
  "guest-mtu": {
    text: "the guest's network card is larger than the VNet, so its full-size packets are lost",
    mend: "Set `mtu=1` (take the bridge's) or the VNet's MTU at the card",
  },
  "guest-bridge": {
    text: "the guest's card is on a bridge that is none of the plan's VNets",
    mend: "Set the card's bridge to a VNet of the contract",
  },
} as const;

export type CauseId = keyof typeof CAUSES;

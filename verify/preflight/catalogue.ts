/** One check of the preflight, as docs/preflight.md and every finding tell it. */
export interface CheckText {
  /** Where one severity is not the whole truth, the finding gives its own. */
  severity: "error" | "warning";
  /** What is looked at. */
  looksAt: string;
  /** What would happen otherwise. Sources: Proxmox VE's and FRR's behaviour as it was seen. */
  why: string;
  /** What to do, in general; a finding names files and values of its own. */
  remedy: string;
}

const text = (
  severity: CheckText["severity"],
  looksAt: string,
  why: string,
  remedy: string,
): CheckText => ({ severity, looksAt, why, remedy });

/** All checks, in the order in which they are shown. docs/preflight.md is made from this. */
export const CATALOGUE = {
  ssh: text(
    "error",
    "an SSH connection to every node, within 20 seconds, with the key and the host key of the config",
    "every step on the node would fail in the middle of an update",
    "Start the node, correct nodes[].address and nodes[].port, or mark it `retired: true` if it is dead for good",
  ),
  "node-name": text(
    "error",
    "that the machine which answers has the node's name",
    "the node's block would be put on another machine",
    "Correct nodes[].address and nodes[].hostKey",
  ),
  "pve-version": text(
    "error",
    "Proxmox VE's version on every node, against `cluster.pveVersion` and what is known here",
    "each version writes and merges frr.conf by rules of its own",
    "Set cluster.pveVersion to the cluster's version, or take it out",
  ),
  quorum: text(
    "error",
    "that the cluster is quorate and every member is online",
    "without quorum /etc/pve cannot be written, and no apply reaches a member that is offline",
    "Bring the missing members back (`pvecm status`), or mark a dead one `retired: true`",
  ),
  members: text(
    "error",
    "that the nodes of the config are members of the cluster, and the members nodes of the config",
    "Proxmox VE does not check node names: a wrong one has no network at all",
    "Name the nodes as `pvecm nodes` does",
  ),
  "frr-version": text(
    "error",
    "FRR's version against the family of the VTEP addresses: tunnels over IPv6 need 10.6",
    "older FRR keeps the VTEP address as IPv4: sessions are up, and no packet passes",
    "Install FRR 10.6 or newer on every node, or use IPv4 loopbacks as VTEPs",
  ),
  "frr-daemons": text(
    "error",
    "that bgpd and bfdd are switched on in /etc/frr/daemons and run",
    "Proxmox VE's sessions need both, and nothing starts a daemon that is off",
    "Set bgpd=yes and bfdd=yes in /etc/frr/daemons, then `systemctl restart frr`",
  ),
  "frr-pythontools": text(
    "error",
    "/usr/lib/frr/frr-reload.py, of the package frr-pythontools",
    "without it Proxmox VE restarts FRR at every apply, which cuts all traffic",
    "`apt install frr-pythontools`",
  ),
  ifupdown2: text(
    "error",
    "`ifreload`, of the package ifupdown2",
    "without it an apply cannot reload the node's network",
    "`apt install ifupdown2`",
  ),
  "interfaces-d": text(
    "error",
    "`source /etc/network/interfaces.d/*` in /etc/network/interfaces",
    "Proxmox VE writes VNets and tunnels into interfaces.d/sdn, and nothing would load them",
    "Add the line `source /etc/network/interfaces.d/*` at the end of /etc/network/interfaces",
  ),
  "mesh-interface": text(
    "error",
    "that the mesh interfaces are there, up and with a carrier",
    "the underlay runs on them: a node without one is separated from the others",
    "Correct nodes[].meshInterfaces, or bring the link up",
  ),
  "underlay-mtu": text(
    "error",
    "the mesh interfaces' MTU: at least `zone.mtu` and what VXLAN adds (50 bytes over IPv4, 70 over IPv6)",
    "large packets are lost in silence",
    "Raise the MTU in /etc/network/interfaces (`mtu N`) and on the switch, or lower zone.mtu",
  ),
  "rp-filter": text(
    "error",
    "net.ipv4.conf.*.rp_filter of `all`, `default`, the mesh interfaces and the zone's devices: 0",
    "1 or 2 drops IPv4 that leaves by one node and comes back by another",
    "Set net.ipv4.conf.all.rp_filter=0 and net.ipv4.conf.default.rp_filter=0 in /etc/sysctl.d, and 0 for the interfaces that are there",
  ),
  forwarding: text(
    "error",
    "net.ipv4.ip_forward and net.ipv6.conf.all.forwarding: 1, each where its family is used",
    "the node routes nothing: neither between VNets, nor to the outside, nor for its neighbors in the ring",
    "Set net.ipv4.ip_forward=1 and net.ipv6.conf.all.forwarding=1 in /etc/sysctl.d, and `sysctl --system`",
  ),
  "keep-addr": text(
    "error",
    "net.ipv6.conf.{all,default}.keep_addr_on_down: 1, with IPv6 subnets",
    "the first reload loses the IPv6 gateway addresses",
    "Set net.ipv6.conf.all.keep_addr_on_down=1 and net.ipv6.conf.default.keep_addr_on_down=1 in /etc/sysctl.d, and `sysctl --system`",
  ),
  loopback: text(
    "error",
    "that the node has its loopback addresses",
    "an address that the node does not have is not announced, and tunnels end nowhere",
    "Add it to /etc/network/interfaces and run `ifreload -a`",
  ),
  "vtep-declared": text(
    "error",
    "that the VTEP address stands in /etc/network/interfaces in a form from which Proxmox VE finds it",
    "Proxmox VE takes another address, in silence: tunnels and router id end at the management network, and the node peers with itself",
    "Give the address a stanza of its own: `iface lo inet loopback` with exactly one IPv4 `address`, IPv6 in `iface lo inet6 loopback`",
  ),
  "router-id": text(
    "error",
    "that Proxmox VE finds a BGP router id, and a different one on every node",
    "without one it writes no frr.conf, and the apply is called OK all the same",
    "Use IPv4 loopbacks as VTEPs",
  ),
  "frr-conf": text(
    "error",
    "the lines of an existing frr.conf that neither Proxmox VE nor our block carries; with `frr.owner: operator`, that Proxmox VE cannot write the file",
    "Proxmox VE replaces the whole file at the first apply",
    "Move what you need to /etc/frr/frr.conf.local or frr.extraLines, then set frr.discardExisting: true",
  ),
  "other-stack": text(
    "error",
    "blocks of other stacks in frr.conf.local",
    "two stacks would write one `router bgp`",
    "Run `pulumi destroy` for the other stack, or take its block out by hand",
  ),
  block: text(
    "error",
    "the blocks and the zone's settings, by the rules of the Proxmox VE version that the nodes have",
    "a line that its merge drops or moves does not reach FRR",
    "Set cluster.pveVersion, and a preview shows the same",
  ),
  controller: text(
    "error",
    "the cluster's SDN controllers",
    "Proxmox VE allows one EVPN controller",
    "Set controller.id to adopt it, or remove it when no zone uses it",
  ),
  "sdn-ids": text(
    "error",
    "whether zones, VNets and VNIs of the plan are somebody else's already",
    "their creation would fail in the middle of the update",
    "Choose others, or remove the objects that stand there",
  ),
  "zone-guests": text(
    "error",
    "that no guest runs on the zone's VNets on a node that the zone is going to leave",
    "the apply takes the bridges away, and the guests lose their network",
    "Stop them or move them to a node of the zone; or set destroy.force: true",
  ),
  pending: text(
    "error",
    "SDN changes of others that are not applied yet",
    "an apply is cluster-wide and would take them along",
    "Let their owner apply them or take them back, or set apply.foreignPending: include",
  ),
  "sdn-lock": text(
    "error",
    "Proxmox VE's SDN lock (from 9.0 on)",
    "while somebody holds it every change of the SDN config is refused",
    "Wait for the tool or administrator at work; a lock that was left behind is released with `pvesh delete /cluster/sdn/lock --force 1`",
  ),
} as const satisfies Record<string, CheckText>;

export type CheckName = keyof typeof CATALOGUE;
export const CHECK_NAMES = Object.keys(CATALOGUE) as CheckName[];

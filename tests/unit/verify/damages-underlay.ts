import type { Observation } from "../../../verify/observation";
import { Damage, linkOf } from "./damage";

const forEachText = (o: Observation, change: (text: string) => string) =>
  (o.runningConfig = change(o.runningConfig));

/** Nodes, links, loopbacks, FRR's text and sessions. */
export const UNDERLAY: Damage[] = [
  [
    "a daemon is stopped",
    ({ pve02 }) => {
      pve02.daemons = ["zebra", "bfdd"];
      pve02.summaries = {};
      pve02.routes = [];
      pve02.bgpVnis = [];
    },
    ["pve02 daemon bgpd: daemon-stopped"],
  ],
  [
    "forwarding is off",
    ({ pve01 }) => (pve01.sysctls["net/ipv6/conf/all/forwarding"] = "0"),
    ["pve01 sysctl net.ipv6.conf.all.forwarding: sysctl"],
  ],
  [
    "a reverse path filter is on where it counts",
    ({ pve03 }) => (pve03.sysctls["net/ipv4/conf/vrfbr_evpnz1/rp_filter"] = "2"),
    ["pve03 sysctl net.ipv4.conf.*.rp_filter: sysctl"],
  ],
  [
    "a mesh interface is shut down",
    ({ pve01, pve02 }) => {
      linkOf(pve01, "enp1s0f0np0").flags = ["BROADCAST"];
      linkOf(pve02, "enp1s0f1np1").flags = ["BROADCAST", "UP", "NO-CARRIER"];
      for (const [o, device] of [
        [pve01, "enp1s0f0np0"],
        [pve02, "enp1s0f1np1"],
      ] as const) {
        for (const family of ["ipv4Unicast", "ipv6Unicast"] as const) {
          const peer = o.summaries[family]?.peers[device];
          if (peer) peer.state = "Idle";
        }
      }
    },
    ["pve01 link enp1s0f0np0: link-down"],
  ],
  [
    "a mesh interface is too small",
    ({ pve01, pve02 }) => {
      linkOf(pve01, "enp1s0f0np0").mtu = 1400;
      pve01.paths["10.255.0.2"] = { full: false, small: true, device: "enp1s0f0np0" };
      pve02.paths["10.255.0.1"] = { full: false, small: true, device: "enp1s0f1np1" };
    },
    ["pve01 link enp1s0f0np0: link-mtu"],
  ],
  [
    "packets of full size are lost somewhere between",
    ({ pve01 }) => (pve01.paths["10.255.0.2"] = { full: false, small: true }),
    ["pve01 mtu 1500 bytes to pve02: path-mtu"],
  ],
  [
    "a loopback is gone",
    ({ pve03 }) => (linkOf(pve03, "lo").addr_info = []),
    [
      "pve03 loopback 10.255.0.3/32: loopback-missing",
      "pve03 loopback fd00:255::3/128: loopback-missing",
    ],
  ],
  [
    "a VTEP is not reached by this node's own routes",
    ({ pve01, pve02 }) => {
      pve01.paths["10.255.0.2"] = { full: false, small: false };
      pve02.paths["10.255.0.1"] = { full: false, small: false, device: "enp1s0f1np1" };
    },
    ["pve01 path to pve02 (10.255.0.2): path-lost"],
  ],
  [
    "a node has no route to a VTEP that is there",
    ({ pve01, pve03 }) => {
      pve01.paths["10.255.0.3"] = { full: false, small: false, device: "vmbr0" };
      pve03.paths["10.255.0.1"] = { full: false, small: false, device: "enp1s0f0np0" };
    },
    ["pve01 path to pve03 (10.255.0.3): path-elsewhere"],
  ],
  [
    "the block on disk is another one",
    ({ pve02 }) => (pve02.frrConfLocal = pve02.frrConfLocal.replace("bfd\n", "\n")),
    ["pve02 block frr.conf.local: block-on-disk"],
  ],
  [
    "a line of the block does not run",
    ({ pve02 }) =>
      forEachText(pve02, (text) => text.replace(/ neighbor VTEP update-source.*\n/, "")),
    ["pve02 block running config: block-not-running"],
  ],
  [
    "a line of the block has another value",
    ({ pve02 }) =>
      forEachText(pve02, (text) =>
        text.replace("neighbor MESH remote-as internal", "neighbor MESH remote-as external"),
      ),
    ["pve02 block running config: block-not-running"],
  ],
  [
    "a line of Proxmox VE does not run",
    ({ pve02 }) => forEachText(pve02, (text) => text.replace("  neighbor VTEP activate\n", "")),
    ["pve02 frr-config running config: config-not-running"],
  ],
  [
    "a line runs that nobody wrote",
    ({ pve02 }) =>
      forEachText(pve02, (text) =>
        text.replace(
          " neighbor VTEP remote-as",
          " neighbor 10.255.0.1 shutdown\n neighbor VTEP remote-as",
        ),
      ),
    ["pve02 frr-config running config: config-not-running"],
  ],
  [
    "an EVPN session is down at both ends",
    ({ pve01, pve03 }) => {
      const peers = [pve01.summaries.l2VpnEvpn?.peers, pve03.summaries.l2VpnEvpn?.peers];
      peers.forEach((each, index) => {
        const peer = each?.[index === 0 ? "10.255.0.3" : "10.255.0.1"];
        if (peer) peer.state = "Active";
      });
    },
    ["pve01 neighbor 10.255.0.3: neighbor-down", "pve03 neighbor 10.255.0.1: neighbor-down"],
  ],
  [
    "there is an EVPN session too many",
    ({ pve01 }) => {
      const { peers } = pve01.summaries.l2VpnEvpn ?? {};
      if (peers) peers["enp1s0f0np0"] = { state: "Established" };
    },
    ["pve01 neighbor enp1s0f0np0: neighbor-extra"],
  ],
];

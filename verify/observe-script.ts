import type { NodeExpectation } from "./expect";

/** Stands alone on a line before each part of the answer, with the part's name. */
export const MARK = "===proxmox-evpn===";

/** FRR's answers by daemon: vtysh ends at the first command that a stopped daemon does not answer. */
export const VTYSH = {
  bgp: ["show bgp summary json", "show bgp l2vpn evpn vni json", "show bgp l2vpn evpn route json"],
  evpn: ["show evpn vni detail json", "show evpn mac vni all json"],
  bfd: ["show bfd peers json"],
} as const;

/** Stands in a part whose command did not end in time: nothing is known then, least of all "missing". */
export const TIMED_OUT = "===proxmox-evpn-timed-out===";

/** Seconds; `timeout` ends with 124 then. A daemon that is stopped is told at once. */
const VTYSH_SECONDS = 45;

const vtysh = (commands: readonly string[]) =>
  `timeout ${VTYSH_SECONDS} vtysh ${commands.map((command) => `-c '${command}'`).join(" ")} || ` +
  `{ [ $? -ne 124 ] || echo '${TIMED_OUT}'; }`;

const IP_AND_ICMP = { ipv4: 28, ipv6: 48 } as const;

/** Two packets, one answer is enough: the first may wait for neighbor discovery. */
const ping = (to: string, from: string, options: string) =>
  `ping -n -q -c 2 -i 0.2 -W 2 -I ${from} ${options} ${to} >/dev/null 2>&1`;

/**
 * A packet as large as a guest's largest one is inside its tunnel: the zone's MTU and VXLAN's overhead,
 * with DF. Only when that is lost a small one is tried, and then a large one again: on a busy node a
 * packet may be late.
 */
function pathLook(expected: NodeExpectation, to: string): string {
  const size = expected.underlayMtu - IP_AND_ICMP[expected.family];
  const full = ping(to, expected.vtep, `-M do -s ${size}`);
  const small = ping(to, expected.vtep, "-s 16");
  return (
    `{ if ${full}; then r=full; elif ! ${small}; then r=none; elif ${full}; then r=full; else r=small; fi; ` +
    `echo "$r ${to} $(ip -o route get ${to} 2>/dev/null | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p')"; } &`
  );
}

function upstreamLook(family: "ipv4" | "ipv6"): string {
  const ip = family === "ipv4" ? "ip -4" : "ip -6";
  return [
    `d=$(${ip} -o route show default | head -n 1)`,
    `g=$(echo "$d" | sed -n 's/.* via \\(inet6 \\)\\{0,1\\}\\([^ ]*\\).*/\\2/p')`,
    `i=$(echo "$d" | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p')`,
    `a=no`,
    `if [ -n "$i" ] && [ -z "$g" ]; then a=yes; fi`,
    `if [ -n "$g" ]; then ping -n -q -c 1 -W 1 -I "$i" "$g" >/dev/null 2>&1 && a=yes; ` +
      `ip neigh show "$g" dev "$i" | grep -q lladdr && a=yes; fi`,
    `echo "${family} $a \${i:--} \${g:--}"`,
  ].join("; ");
}

/** `/proc/sys/…:value` lines; a name that a kernel lacks is simply absent. */
const SYSCTLS = [
  "net/ipv4/ip_forward",
  "net/ipv6/conf/all/forwarding",
  "net/ipv4/conf/*/rp_filter",
  "net/ipv6/conf/all/keep_addr_on_down",
  "net/ipv6/conf/default/keep_addr_on_down",
];

/** The parts of a look at a node, in the order of the answer. */
function parts(expected: NodeExpectation): Record<string, string> {
  const { zone } = expected;
  const families = [...new Set(zone?.snat.map(({ family }) => family) ?? [])];
  return {
    daemons:
      'for d in zebra bgpd bfdd; do p=$(cat /run/frr/$d.pid) && [ -d "/proc/$p" ] && echo $d; done',
    sysctls: `cd /proc/sys && grep -H . ${SYSCTLS.join(" ")}; cd /`,
    bgp: vtysh(VTYSH.bgp),
    // The VRF's routes come last: where there is no VRF the answer ends before them.
    evpn: vtysh([
      ...VTYSH.evpn,
      ...(zone
        ? [`show ip route vrf ${zone.vrf} json`, `show ipv6 route vrf ${zone.vrf} json`]
        : []),
    ]),
    bfd: vtysh(VTYSH.bfd),
    running: vtysh(["show running-config"]),
    frrConf: "cat /etc/frr/frr.conf",
    frrConfLocal: "cat /etc/frr/frr.conf.local",
    // After FRR, so that what a route brings while this runs is not missed in the kernel.
    links: "ip -j -d address show",
    fdb: "bridge -j fdb show",
    paths: `${expected.others.map(({ vtep }) => pathLook(expected, vtep)).join(" ")} wait`,
    nat:
      families.length === 0
        ? "true"
        : "iptables-save -t nat; ip6tables-save -t nat; " +
          // Looking loads the old tables' modules, so only where they are in use.
          "[ -s /proc/net/ip_tables_names ] && iptables-legacy-save -t nat; " +
          "[ -s /proc/net/ip6_tables_names ] && ip6tables-legacy-save -t nat",
    upstream: families.map(upstreamLook).join("; ") || "true",
  };
}

/** One script for everything that is asked of a node. It changes nothing there. */
export function observeScript(expected: NodeExpectation): string {
  const lines = Object.entries(parts(expected)).map(
    ([name, command]) => `echo '${MARK} ${name}'\n{ ${command}; } 2>/dev/null`,
  );
  return `export LC_ALL=C PATH="$PATH:/usr/sbin:/sbin"\n${lines.join("\n")}\ntrue\n`;
}

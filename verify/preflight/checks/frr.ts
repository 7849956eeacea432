import type { Wanted, WantedNode } from "../expect";
import { ipv4VtepsText } from "../expect";
import { finding, Finding } from "../finding";
import type { NodeObservation } from "../observe-node";

/** First FRR that keeps an IPv6 VTEP address as what it is. */
const IPV6_VTEPS = [10, 6] as const;

function isOlder(version: string, [major, minor]: readonly [number, number]): boolean {
  const [first = 0, second = 0] = version.split(".").map(Number);
  return first < major || (first === major && second < minor);
}

/** FRR is there at all, and new enough for the tunnels' family. */
export function checkFrrVersion(
  wanted: Wanted,
  { node }: WantedNode,
  { frrVersion }: NodeObservation,
): Finding[] {
  if (frrVersion === undefined) {
    const remedy = "`apt install frr frr-pythontools`";
    const why = "it is what speaks BGP on the node";
    return [finding(node.name, "frr-version", "FRR is not installed", { why, remedy })];
  }
  if (wanted.vtepFamily !== "ipv6" || !isOlder(frrVersion, IPV6_VTEPS)) return [];
  return [
    finding(node.name, "frr-version", `FRR is ${frrVersion}, and the VTEPs are IPv6`, {
      where: "controller.peers",
      remedy: `${ipv4VtepsText(wanted)} Or install FRR 10.6 or newer on every node`,
    }),
  ];
}

/** bgpd and bfdd: switched on, so that they come up at boot, and running. */
export function checkDaemons(
  { node }: WantedNode,
  { frrVersion, daemons, running }: NodeObservation,
): Finding[] {
  if (frrVersion === undefined) return [];
  return ["bgpd", "bfdd"].flatMap((daemon) => {
    const on = new RegExp(`^\\s*${daemon}=["']?yes["']?\\s*(#.*)?$`, "m").test(daemons);
    if (on && running.includes(daemon)) return [];
    const remedy = on
      ? "`systemctl restart frr`, and look at `journalctl -u frr`"
      : `Set ${daemon}=yes in /etc/frr/daemons, then \`systemctl restart frr\``;
    const what = on ? `${daemon} does not run` : `${daemon} is off in /etc/frr/daemons`;
    return [finding(node.name, "frr-daemons", what, { remedy })];
  });
}

/** What Proxmox VE calls at an apply. */
export function checkTools({ node }: WantedNode, { tools }: NodeObservation): Finding[] {
  const missing = (tool: string) => !tools.includes(tool);
  return [
    ...(missing("frr-reload.py")
      ? [finding(node.name, "frr-pythontools", "/usr/lib/frr/frr-reload.py is not there")]
      : []),
    ...(missing("ifreload") ? [finding(node.name, "ifupdown2", "`ifreload` is not there")] : []),
  ];
}

import { mergedFile } from "../../../plan/block-check";
import { placeText, readStatements, Statement } from "../../../plan/frr-statements";
import { blockOwner } from "../../../plan/frr-block";
import type { Wanted, WantedNode } from "../expect";
import { finding, Finding } from "../finding";
import type { NodeObservation } from "../observe-node";
import { knownVersion } from "../pve-version";

const MARKER = /^! BEGIN proxmox-evpn (\S+)\s*$/gm;

const ownersIn = (text: string | undefined) =>
  [...(text ?? "").matchAll(MARKER)].map(([, owner]) => owner ?? "");

/** Whether the node carries this stack's block, in either file. */
export function hasOurBlock({ plan }: Wanted, seen: NodeObservation): boolean {
  const owners = [...ownersIn(seen.frrConfLocal), ...ownersIn(seen.frrConf)];
  return owners.includes(blockOwner(plan.identity));
}

export function checkOtherStack(
  { plan }: Wanted,
  { node }: WantedNode,
  seen: NodeObservation,
): Finding[] {
  const own = blockOwner(plan.identity);
  const files = [
    ["/etc/frr/frr.conf.local", seen.frrConfLocal],
    ["/etc/frr/frr.conf", seen.frrConf],
  ] as const;
  return files.flatMap(([file, text]) =>
    [...new Set(ownersIn(text))]
      .filter((owner) => owner !== own)
      .map((owner) =>
        finding(node.name, "other-stack", `${file} holds the block of another stack: ${owner}`),
      ),
  );
}

/** Lines that a file has whoever wrote it, and that nobody misses. */
const ORDINARY =
  /^(frr version |frr defaults |hostname |log syslog|log file |service integrated-vtysh-config$|line vty$|#)/;

/** The head that Proxmox VE gives to its file; FRR's own `write` and Debian's package give others. */
const PROXMOX_HEAD =
  /^frr version \S+\nfrr defaults datacenter\nhostname \S+\nlog syslog informational\n/;

/** Statements that Proxmox VE generates for any controller and zone, so that an older file has them. */
const GENERATED = [
  /^(router bgp \d+|vrf vrf_|vni \d+$|address-family |route-map MAP_VTEP_|bgp router-id )/,
  /^(no bgp (hard-administrative-reset|default ipv4-unicast|graceful-restart notification)|coalesce-time )/,
  /^neighbor (VTEP |\S+ peer-group VTEP$)/,
  /^(advertise-all-vni|redistribute connected|advertise ipv[46] unicast|default-originate ipv[46])$/,
  /^(import vrf vrf_|route-target import |match ipv?6? address prefix-list only_default|set metric 200$)/,
  /^(ip|ipv6) (prefix-list only_default|route \S+ \S+ xvrf_)/,
];

/** A secret that stands in a line must not come into the state or a message. */
const masked = (text: string) => text.replace(/\b(password|key-string|auth-key)\s+\S.*$/i, "$1 …");

const keyOf = ({ text, place }: Statement) => `${placeText(place)}\n${text}`;

/** The statements of frr.conf that would be gone after Proxmox VE has written it. */
export function lostStatements(
  wanted: Wanted,
  { node }: WantedNode,
  seen: NodeObservation,
): Statement[] {
  const version = "version" in seen.pve ? knownVersion(seen.pve.version)?.model : undefined;
  const target = version && mergedFile(version, wanted.plan, node);
  if (target === undefined) return [];
  const kept = new Set(readStatements(target).map(keyOf));
  // What stands in frr.conf.local beside our block is merged again.
  const local = new Set(readStatements(seen.frrConfLocal ?? "").map(keyOf));
  const byProxmox = isProxmoxFile(seen);
  return readStatements(seen.frrConf).filter((statement) => {
    const { text } = statement;
    if (ORDINARY.test(text) || kept.has(keyOf(statement)) || local.has(keyOf(statement))) {
      return false;
    }
    return !(byProxmox && GENERATED.some((pattern) => pattern.test(text)));
  });
}

const isProxmoxFile = ({ frrConf }: NodeObservation) => PROXMOX_HEAD.test(frrConf);

const SHOWN = 8;

/**
 * Refuses to lose lines of a hand-written frr.conf. In a file that Proxmox VE writes already they go
 * at anybody's next apply, so they are no more than a warning.
 */
export function checkFrrConf(wanted: Wanted, node: WantedNode, seen: NodeObservation): Finding[] {
  const { owner, discardExisting } = wanted.config.frr;
  if (owner === "operator") return [];
  const lost = lostStatements(wanted, node, seen);
  if (lost.length === 0) return [];
  const lines = lost
    .slice(0, SHOWN)
    .map(({ text, place }) => `\`${masked(text)}\`${place.length ? ` (${placeText(place)})` : ""}`);
  const more = lost.length > SHOWN ? [`and ${lost.length - SHOWN} more`] : [];
  const what = `/etc/frr/frr.conf would lose ${[...lines, ...more].join(", ")}`;
  const where = "frr.discardExisting";
  if (isProxmoxFile(seen)) {
    return [
      finding(node.node.name, "frr-conf", what, {
        severity: "warning",
        why: "Proxmox VE writes this file already, and any apply replaces it",
        remedy: "Move what you need to /etc/frr/frr.conf.local or frr.extraLines",
      }),
    ];
  }
  return [
    finding(node.node.name, "frr-conf", what, {
      where,
      ...(discardExisting ? { severity: "warning", remedy: "Keep a copy of the file" } : {}),
    }),
  ];
}

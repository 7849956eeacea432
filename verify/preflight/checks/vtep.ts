import { parseInterfacesFile } from "../../../pve-model/interfaces-file";
import { NodeInput } from "../../../pve-model/types";
import { deriveRouterId, findLocalVtep, NO_ROUTER_ID } from "../../../pve-model/vtep";
import { familyOf } from "../../../plan/addressing";
import { ipv4PeersText, Wanted, WantedNode } from "../expect";
import { finding, Finding } from "../finding";
import type { NodeObservation } from "../observe-node";
import { knownVersion } from "../pve-version";

/** What Proxmox VE looks at when it searches for the node's own VTEP address. */
function searchInput({ plan }: Wanted, { node }: WantedNode, seen: NodeObservation): NodeInput {
  const { routeToFirstPeer: route, links } = seen;
  const [first = ""] = plan.controller.peers;
  return {
    node: node.name,
    runningConfig: {},
    interfaces: seen.interfaces,
    frrConfLocal: null,
    routes: route ? { [first]: `${route.source},${route.device}` } : {},
    macs: Object.fromEntries(
      links.flatMap(({ ifname, address }) => (address ? [[ifname, address]] : [])),
    ),
  };
}

/** Every loopback address of the config is on the node; without the VTEP's there are no tunnels. */
export function checkLoopbacks(
  { node, path }: WantedNode,
  { addresses }: NodeObservation,
): Finding[] {
  const wanted = [
    { address: node.loopback.ipv4, where: `${path}.loopback.ipv4` },
    { address: node.loopback.ipv6, where: `${path}.loopback.ipv6` },
  ];
  return wanted.flatMap(({ address, where }) => {
    if (address === undefined || addresses.includes(address)) return [];
    const isVtep = address === node.vtep;
    return [
      finding(node.name, "loopback", `the node does not have ${address}`, {
        where,
        ...(isVtep
          ? {}
          : {
              severity: "warning",
              why: "an address that the node does not have is not announced",
            }),
      }),
    ];
  });
}

const escaped = (address: string) => address.replaceAll(".", "\\.");
const mentions = (text: string, address: string) =>
  new RegExp(`(^|[\\s"'])${escaped(address)}(/\\d+)?(\\s|["']|$)`, "m").test(text);

/** Why the search passes by an address: the form in which it stands, or that it stands nowhere. */
function form(address: string, { interfaces, interfacesD }: NodeObservation): string {
  const lines = interfaces.split("\n").filter((line) => !/^\s*#/.test(line));
  const holding = lines.filter((line) => mentions(line, address)).map((line) => line.trim());
  const command = holding.find((line) => /^(pre-|post-)?up\s/.test(line));
  if (command !== undefined) {
    return `stands in a command there (\`${command}\`), which Proxmox VE does not read`;
  }
  if (holding.some((line) => /^address\s/.test(line))) {
    const stanza = [...parseInterfacesFile(interfaces)].find(
      ([name]) => stanzaOf(interfaces, address) === name,
    );
    const [name, kept] = stanza ?? ["", undefined];
    return kept?.address
      ? `shares the \`inet\` stanza of ${name} with ${kept.address}, which stands below it and is the one that counts`
      : `stands in an \`inet6\` stanza only`;
  }
  return mentions(interfacesD, address)
    ? "stands only in a file of interfaces.d, which Proxmox VE does not read"
    : "does not stand there at all";
}

/** Device whose stanza an `address` line belongs to. */
function stanzaOf(interfaces: string, address: string): string | undefined {
  let device: string | undefined;
  for (const line of interfaces.split("\n")) {
    const iface = /^\s*iface\s+(\S+)/.exec(line)?.[1];
    if (iface !== undefined) device = iface;
    if (/^\s*address\s/.test(line) && mentions(line, address)) return device;
  }
  return undefined;
}

/** The default route answers for the first peer while the node has lost the mesh. */
function noWayToFirstPeer(
  { plan }: Wanted,
  { node }: WantedNode,
  taken: string | undefined,
  where: string,
): Finding {
  const [first] = plan.controller.peers;
  const what = `the way to ${first} starts at ${taken ?? "no address"}, and Proxmox VE would take that for the tunnels instead of ${node.vtep}`;
  return finding(node.name, "vtep-declared", what, {
    where,
    why: "an IPv6 address is never found in /etc/network/interfaces: its source address towards the first peer decides, and that is another one while the node has no route over the mesh",
    remedy: `Bring the mesh back first: \`ip route get ${first}\` and \`vtysh -c 'show bgp summary'\` on ${node.name}. Nobody should apply or reboot the node before`,
  });
}

/**
 * Proxmox VE keeps one IPv4 `address` of a stanza, the last. On the first node of the peers a bad
 * form shows nothing: the way to its own address gives that address.
 */
export function checkVtepDeclared(
  wanted: Wanted,
  node: WantedNode,
  seen: NodeObservation,
): Finding[] {
  const { vtep, name } = node.node;
  const input = searchInput(wanted, node, seen);
  const declared = [...parseInterfacesFile(seen.interfaces).values()].some(
    ({ address }) => address === vtep,
  );
  const found = findLocalVtep(wanted.plan.controller.peers, input);
  // Proxmox VE never finds an IPv6 address in the file, so there its way to the first peer decides.
  const goodEnough = familyOf(vtep) === "ipv6" && mentions(seen.interfaces, vtep);
  if (found?.address === vtep && (declared || goodEnough)) return [];
  const where = `${node.path}.loopback.${familyOf(vtep)}`;
  if (goodEnough) return [noWayToFirstPeer(wanted, node, found?.address, where)];
  const what = `${vtep} ${form(vtep, seen)}; Proxmox VE takes ${found?.address ?? "none"}`;
  const byLuck = found?.address === vtep;
  return [
    finding(name, "vtep-declared", `in /etc/network/interfaces ${what}`, {
      where,
      ...(byLuck
        ? {
            why: "here it is right only because this node is the first of controller.peers; an address that is not declared goes at a reload",
          }
        : {}),
    }),
  ];
}

/** Router ids by node, as its version of Proxmox VE derives them; null where it finds none. */
function routerIds(
  wanted: Wanted,
  observed: ReadonlyMap<string, NodeObservation>,
): Map<string, string | null> {
  return new Map(
    wanted.nodes.flatMap((node): [string, string | null][] => {
      const seen = observed.get(node.node.name);
      const version = seen && "version" in seen.pve ? knownVersion(seen.pve.version) : undefined;
      if (seen === undefined || version === undefined) return [];
      const input = searchInput(wanted, node, seen);
      const vtep = findLocalVtep(wanted.plan.controller.peers, input);
      // Without an address there is no router id either, which is the other check's finding.
      return vtep ? [[node.node.name, deriveRouterId(version.model, vtep, input)]] : [];
    }),
  );
}

/**
 * An operator's frr.conf lives only where Proxmox VE provably cannot write the file, which is where it
 * finds no router id.
 */
function overwrites(ids: ReadonlyMap<string, string | null>): Finding[] {
  return [...ids].flatMap(([node, id]) =>
    id === null
      ? []
      : [
          finding(
            node,
            "frr-conf",
            `Proxmox VE derives the router id ${id} here and writes frr.conf`,
            {
              where: "frr.owner",
              why: "at every apply it would replace the file that frr.owner: operator leaves to you",
              remedy:
                "Use frr.owner: proxmox (`evpn convert-owner` shows what changes); a file of yours survives only on Proxmox VE 8.4 and 9.1 with IPv6 VTEPs on `lo`",
            },
          ),
        ],
  );
}

/** A router id on every node, and no id twice; with `frr.owner: operator` none at all. */
export function checkRouterIds(
  wanted: Wanted,
  observed: ReadonlyMap<string, NodeObservation>,
): Finding[] {
  if (wanted.config.frr.owner === "operator") return overwrites(routerIds(wanted, observed));
  const remedy = `Use IPv4 loopbacks as VTEPs: ${ipv4PeersText(wanted)}`;
  const where = "controller.peers";
  const ids = routerIds(wanted, observed);
  return [...ids].flatMap(([node, id]) => {
    if (id === null) {
      const what = `Proxmox VE would fail: ${NO_ROUTER_ID}`;
      return [finding(node, "router-id", what, { where, remedy })];
    }
    const twin = [...ids].find(([other, its]) => other < node && its === id)?.[0];
    if (twin === undefined) return [];
    return [
      finding(node, "router-id", `Proxmox VE derives ${id}, as on ${twin}`, {
        where,
        why: "BGP refuses a session between two of one id (RFC 4271)",
        remedy,
      }),
    ];
  });
}

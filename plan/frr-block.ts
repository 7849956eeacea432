import { FabricConfig, NodeConfig } from "../config/schema";
import { autoRouteTarget, hostPrefix } from "./addressing";
import { renderTemplate } from "./template";
import { StackIdentity } from "./types";

const hostRoute = (address: string) => `${address}/${hostPrefix(address)}`;

/** `<project>/<stack>`: tells whose block stands between the markers in frr.conf.local. */
export function blockOwner(identity: StackIdentity): string {
  return `${identity.project}/${identity.stack}`;
}

/**
 * One node's block for /etc/frr/frr.conf.local: all that the fabric needs beside PVE's own lines.
 * Its shape is the one that PVE's merge keeps: router-level lines before any address-family, each
 * address-family closed, no `bgp router-id`.
 * - The prefix lists keep tenants' routes, which PVE's `import vrf` leaks into the unicast families,
 *   out of the underlay, from the first apply on.
 * - `equal-cluster-length`: without it a direct and a reflected path become ECMP and loop.
 * - `update-source`: with the loopback on a dummy device Linux picks another source address.
 * - `routeTargets`: PVE's rt-import turns the automatic import off, so the fabric's own is given.
 * @param node the node, its VTEP among `peers`
 * @returns text with markers and a final newline
 */
export function renderBlock(
  config: FabricConfig,
  node: NodeConfig,
  vtep: string,
  identity: StackIdentity,
): string {
  const loopbacks = (family: "ipv4" | "ipv6") =>
    config.nodes.map((each) => each.loopback[family]).filter((address) => address !== undefined);
  const families = (["ipv4", "ipv6"] as const)
    .filter((family) => node.loopback[family] !== undefined)
    .map((family) => ({
      name: family,
      loopback: hostRoute(node.loopback[family] as string),
      prefixList: family === "ipv4" ? "UNDERLAY4" : "UNDERLAY6",
    }));
  const underlay = (family: "ipv4" | "ipv6") =>
    node.loopback[family] === undefined ? [] : loopbacks(family).map(hostRoute);
  const { zone, fabric, frr } = config;
  return renderTemplate("frr-pve.conf.njk", {
    owner: blockOwner(identity),
    asn: fabric.asn,
    vtep,
    meshInterfaces: node.meshInterfaces,
    families,
    underlay: { ipv4: underlay("ipv4"), ipv6: underlay("ipv6") },
    routeReflection: frr.routeReflection,
    evpnOnMesh: frr.evpnSessions === "mesh",
    advertiseSviIp: frr.advertiseSviIp,
    vrf: `vrf_${zone.id}`,
    routeTargets:
      zone.rtImport.length === 0
        ? []
        : [autoRouteTarget(fabric.asn, zone.vrfVni), ...zone.rtImport.slice(1)],
  });
}

/** The node's VTEP: its one loopback address among the peers. Invariants have checked that there is one. */
export function vtepOf(node: NodeConfig, peers: string[]): string {
  const own = [node.loopback.ipv4, node.loopback.ipv6].find(
    (address) => address !== undefined && peers.includes(address),
  );
  if (own === undefined) throw new Error(`${node.name} has no address in controller.peers`);
  return own;
}

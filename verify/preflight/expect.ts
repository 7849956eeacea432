import type { FabricConfig } from "../../config/schema";
import { ConfigError } from "../../config/violation";
import { Family, familyOf, vxlanOverhead } from "../../plan/addressing";
import { convertOwner } from "../../plan/convert-owner";
import type { Plan, PlannedNode } from "../../plan/types";

/** What the preflight wants of one node. */
export interface WantedNode {
  node: PlannedNode;
  /** `nodes[1]`: where it stands in the config. */
  path: string;
}

/** What the preflight wants of the cluster, derived from config and plan. */
export interface Wanted {
  plan: Plan;
  config: FabricConfig;
  nodes: WantedNode[];
  /** Family of the tunnels. */
  vtepFamily: Family;
  /** Least MTU of a mesh interface, in bytes. */
  leastMtu: number;
  /** Families of guests' subnets. */
  subnetFamilies: ReadonlySet<Family>;
  /** No update of this stack got past the preflight yet, so that nothing in the cluster is its own. */
  fresh?: boolean;
  /** `KIND ID` of all SDN objects that the stack ever planned, as far as it knows. */
  known?: ReadonlySet<string>;
}

/** Derives from config and plan what must be true before an update. Pure. */
export function wantedOf(config: FabricConfig, plan: Plan): Wanted {
  const vtepFamily = familyOf(plan.controller.peers[0] ?? "");
  return {
    plan,
    config,
    nodes: plan.nodes.map((node) => ({
      node,
      path: `nodes[${config.nodes.findIndex(({ name }) => name === node.name)}]`,
    })),
    vtepFamily,
    leastMtu: plan.zone.mtu + vxlanOverhead(vtepFamily),
    subnetFamilies: new Set(
      plan.vnets.flatMap(({ subnets }) => subnets.map(({ family }) => family)),
    ),
  };
}

/**
 * How to make IPv4 loopbacks the VTEPs, with the settings to be pasted into the stack's config. From an
 * IPv4 VTEP Proxmox VE derives a router id and writes frr.conf, so an operator's has to go with it.
 */
export function ipv4VtepsText(wanted: Wanted): string {
  const { config, plan } = wanted;
  if (config.frr.owner === "proxmox") return `Use IPv4 VTEPs: ${ipv4PeersText(wanted)}\n   `;
  const how =
    "Let Proxmox VE own frr.conf, with IPv4 VTEPs: `npm run -s evpn -- convert-owner` prints the steps";
  try {
    const { settings } = convertOwner(config, plan.identity, "proxmox");
    return `${how}, and these settings change:\n${settings.trimEnd().replace(/^/gm, "    ")}\n   `;
  } catch (error) {
    // The converted config breaks a rule of its own; that command says which.
    if (error instanceof ConfigError) return `${how}. `;
    throw error;
  }
}

/** The setting that makes IPv4 loopbacks the VTEPs, to be pasted into the stack's config. */
export function ipv4PeersText({ config }: Wanted): string {
  const addresses = config.nodes
    .filter(({ retired }) => !retired)
    .map(({ name, loopback }) => loopback.ipv4 ?? `<IPv4 loopback of ${name}>`);
  return `proxmox-evpn:controller: { id: ${config.controller.id}, peers: [${addresses.join(", ")}] }`;
}

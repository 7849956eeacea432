import { FabricConfig } from "../config/schema";
import { Violation } from "../config/violation";

function missingRouterIds({ nodes, vnets }: FabricConfig): Violation[] {
  if (vnets.length === 0) return [];
  return nodes
    .map((node, index) => ({ node, path: `nodes[${index}].routerId` }))
    .filter(({ node }) => node.routerId === undefined && !node.retired)
    .map(({ path }) => ({
      path,
      reason:
        "is missing, and with frr.owner: operator nobody else gives the zone's VRF a router id (in a VRF without IPv4 FRR finds none)",
      remedy: "Set it to the `bgp router-id` of the node's frr.conf",
    }));
}

function sessions({ frr, fabric }: FabricConfig): Violation[] {
  if (fabric.topology === "routed") {
    return [
      {
        path: "fabric.topology",
        value: fabric.topology,
        reason:
          "has no mesh neighbors, and with frr.owner: operator EVPN runs on those that stand in your frr.conf",
        remedy: "Use frr.owner: proxmox, whose sessions run between loopbacks, or ring or mesh",
      },
    ];
  }
  return frr.evpnSessions === "mesh"
    ? []
    : [
        {
          path: "frr.evpnSessions",
          value: frr.evpnSessions,
          reason:
            "means Proxmox VE's own sessions, and with frr.owner: operator it writes none: EVPN would run nowhere",
          remedy: "Use mesh",
        },
      ];
}

/** What a fabric asks for whose frr.conf is the operator's: EVPN runs on what stands there. */
export function checkOperator(config: FabricConfig): Violation[] {
  if (config.frr.owner !== "operator") return [];
  return [...missingRouterIds(config), ...sessions(config)];
}

import { NodeInput, RunningConfig } from "../pve-model/types";
import { Plan, PlannedNode } from "./types";

const flag = (value: boolean) => (value ? 1 : 0);

/** The running config that Proxmox VE has once the plan is applied, in pve-model's form. */
function runningConfig({ controller, zone, vnets }: Plan): RunningConfig {
  const subnets = vnets.flatMap((vnet) =>
    vnet.subnets.map(({ id, gateway, snat }) => [
      id,
      { type: "subnet", vnet: vnet.id, gateway, snat: flag(snat) },
    ]),
  );
  return {
    controllers: {
      ids: {
        [controller.id]: { type: "evpn", asn: controller.asn, peers: controller.peers.join(",") },
      },
    },
    zones: {
      ids: {
        [zone.id]: {
          type: "evpn",
          controller: controller.id,
          "vrf-vxlan": zone.vrfVni,
          mtu: zone.mtu,
          nodes: zone.nodes.join(","),
          exitnodes: zone.exitNodes.join(","),
          "exitnodes-primary": zone.primaryExitNode,
          "exitnodes-local-routing": flag(zone.exitNodesLocalRouting),
          "advertise-subnets": flag(zone.advertiseSubnets),
          "disable-arp-nd-suppression": flag(zone.disableArpNdSuppression),
          "rt-import": zone.rtImport,
        },
      },
    },
    vnets: {
      ids: Object.fromEntries(
        vnets.map(({ id, vni, alias }) => [id, { type: "vnet", zone: zone.id, tag: vni, alias }]),
      ),
    },
    subnets: { ids: Object.fromEntries(subnets) },
  };
}

/** MAC of the bridge below. Any will do: the router id that comes of it moves no statement. */
const MAC = "02:00:00:00:00:01";

/**
 * What Proxmox VE would look at on a node that is as the plan wants it, with the plan's block in
 * frr.conf.local: the VTEP stands in /etc/network/interfaces in a form from which every version finds
 * it. Whether the real file is so is for the preflight to look at.
 */
export function pveInput(plan: Plan, node: PlannedNode): NodeInput {
  const stanza = node.vtep.includes(":")
    ? `iface vtep inet6 static\n\taddress ${node.vtep}/128\n`
    : `iface vtep inet static\n\taddress ${node.vtep}/32\n`;
  return {
    node: node.name,
    runningConfig: runningConfig(plan),
    interfaces: `auto vtep\n${stanza}\nauto bridge\niface bridge inet manual\n\tbridge-ports vtep\n`,
    frrConfLocal: plan.blocks[node.name] ?? null,
    // How Proxmox VE finds an IPv6 address: it reads none from the file (pve-model/vtep.ts).
    routes: { [plan.controller.peers[0] ?? ""]: `${node.vtep},vtep` },
    macs: { vtep: MAC, bridge: MAC },
  };
}

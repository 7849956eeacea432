import * as proxmoxve from "@muhlba91/pulumi-proxmoxve";
import * as pulumi from "@pulumi/pulumi";
import { PlannedVnet, PlannedZone } from "../plan/types";
import { Vnet } from "./vnet";

export interface EvpnZoneArgs {
  zone: PlannedZone;
  vnets: PlannedVnet[];
  /** Id of the controller, from the controller's outputs. */
  controller: pulumi.Input<string>;
}

/** The EVPN zone and its VNets. */
export class EvpnZone extends pulumi.ComponentResource {
  /** Ids of the VNets by key, known when each was made. */
  readonly vnetIds: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, args: EvpnZoneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("proxmox-evpn:index:EvpnZone", name, {}, opts);
    const { zone } = args;
    const resource = new proxmoxve.sdn.zone.Evpn(
      name,
      {
        resourceId: zone.id,
        controller: args.controller,
        vrfVxlan: zone.vrfVni,
        mtu: zone.mtu,
        nodes: zone.nodes,
        exitNodes: zone.exitNodes,
        primaryExitNode: zone.primaryExitNode,
        exitNodesLocalRouting: zone.exitNodesLocalRouting,
        advertiseSubnets: zone.advertiseSubnets,
        disableArpNdSuppression: zone.disableArpNdSuppression,
        rtImport: zone.rtImport,
      },
      // A new id keeps the VRF's VNI, and PVE allows that once: the old zone has to go first. It has to
      // go for another controller too: PVE allows one, and deletes none that a zone uses.
      { parent: this, deleteBeforeReplace: true, replaceOnChanges: ["controller"] },
    );
    const vnets = args.vnets.map((vnet) => {
      const made = new Vnet(
        // By key, never by id: a renamed VNet stays the same resource.
        `${name}-${vnet.key}`,
        { vnet, zone: resource.resourceId, zoneName: name },
        { parent: this, dependsOn: [resource] },
      );
      return [vnet.key, made.vnetId] as const;
    });
    this.vnetIds = Object.fromEntries(vnets);
    this.registerOutputs({});
  }
}

import * as proxmoxve from "@muhlba91/pulumi-proxmoxve";
import * as pulumi from "@pulumi/pulumi";
import { PlannedVnet } from "../plan/types";

export interface VnetArgs {
  vnet: PlannedVnet;
  /** Id of the zone, from the zone's outputs. */
  zone: pulumi.Input<string>;
  /** Name of the zone's resource. */
  zoneName: string;
}

/** A VNet with its subnets. */
export class Vnet extends pulumi.ComponentResource {
  readonly vnetId: pulumi.Output<string>;

  constructor(name: string, args: VnetArgs, opts?: pulumi.ComponentResourceOptions) {
    super("proxmox-evpn:index:Vnet", name, {}, opts);
    const { vnet } = args;
    const resource = new proxmoxve.sdn.Vnet(
      name,
      { resourceId: vnet.id, zone: args.zone, tag: vnet.vni, alias: vnet.alias },
      // A new id keeps the VNI, and PVE allows a VNI once: the old VNet has to go first.
      { parent: this, deleteBeforeReplace: true, replaceOnChanges: ["zone"] },
    );
    this.vnetId = resource.resourceId;
    for (const { key, cidr, gateway, snat } of vnet.subnets) {
      // A zone has a network once, so one without a key of its own is named by its CIDR alone: it stays
      // the same resource when it moves to another VNet, and the old one goes before the new one comes.
      const inVnet = `${name}-${key}`;
      new proxmoxve.sdn.Subnet(
        key === cidr ? `${args.zoneName}-${cidr}` : inVnet,
        { vnet: resource.resourceId, cidr, gateway, snat },
        // Every change of a subnet replaces it, and PVE refuses the same network twice. The VNet's
        // outputs name its id, but not that PVE checks for subnets when the VNet goes.
        {
          parent: this,
          deleteBeforeReplace: true,
          dependsOn: [resource],
          aliases: [{ name: inVnet }],
        },
      );
    }
    this.registerOutputs({});
  }
}

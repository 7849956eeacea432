import * as proxmoxve from "@muhlba91/pulumi-proxmoxve";
import type { Attachment, Interface } from "./attachment";
import type { Machine, Settings } from "./settings";

const device = ({ bridge, vlan, mtu }: Interface) => ({
  bridge,
  vlanId: vlan,
  mtu,
  model: "virtio",
});

/**
 * One machine. The class is named VmLegacy, but it is the one to use in proxmoxve 8.6.0: `Vm` is marked
 * "do not use" and has no interfaces, and `cloned.Vm` cannot set addresses (no cloud-init).
 *
 * A change of bridge or tag makes a new machine, as the seed wants it: the guest's network is set up at
 * its first boot. The provider alone would change the interface in place. The number stays, so the old
 * machine has to go first. A changed MTU is no reason: it is changed in place.
 */
export function makeMachine(
  machine: Machine,
  attachment: Attachment,
  hardware: Settings["hardware"],
  provider: proxmoxve.Provider,
): proxmoxve.VmLegacy {
  const { ipv4, ipv6 } = attachment.addresses(machine.host);
  const family = (each: typeof ipv4) => each && { address: each.cidr, gateway: each.gateway };
  const place = ({ bridge, vlan }: Interface) => `${bridge}/${vlan}`;
  return new proxmoxve.VmLegacy(
    machine.name,
    {
      name: machine.name,
      nodeName: machine.node,
      vmId: machine.vmId,
      tags: ["talos"],
      cpu: { cores: hardware.cores },
      memory: { dedicated: hardware.memory },
      operatingSystem: { type: "l26" },
      disks: [
        {
          interface: "scsi0",
          datastoreId: hardware.datastore,
          importFrom: hardware.image,
          size: 10,
        },
      ],
      networkDevices: [device(attachment.public), device(attachment.mesh)],
      initialization: {
        datastoreId: hardware.datastore,
        ipConfigs: [{ ipv4: family(ipv4), ipv6: family(ipv6) }],
      },
      // A machine that is replaced by a new one has nothing to save.
      stopOnDestroy: true,
    },
    {
      provider,
      deleteBeforeReplace: true,
      replacementTrigger: `${place(attachment.public)} ${place(attachment.mesh)}`,
    },
  );
}

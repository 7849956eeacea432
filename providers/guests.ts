import { z } from "zod";
import { Pvesh, PveshError } from "./pvesh";

/** A running virtual machine or container with a port on a VNet. */
export interface GuestOnVnet {
  name: string;
  vmid: number;
  kind: "VM" | "container";
  node: string;
  /** The VNets that its ports are on. */
  vnets: string[];
}

const resourcesSchema = z.array(
  z.looseObject({
    type: z.enum(["qemu", "lxc"]),
    vmid: z.coerce.number(),
    node: z.string(),
    name: z.string().optional(),
    status: z.string().optional(),
  }),
);
const configSchema = z.record(z.string(), z.unknown());

/** `virtio=02:00:…,bridge=vnet101,tag=…` of the options net0, net1, … */
function bridgesOf(config: Record<string, unknown>): string[] {
  return Object.entries(config).flatMap(([option, value]) => {
    const bridge = /^net\d+$/.test(option) && /(?:^|,)bridge=([^,]+)/.exec(String(value))?.[1];
    return bridge ? [bridge] : [];
  });
}

/**
 * All running guests of the cluster with the bridges of their ports. Guests on a node that is down do
 * not run.
 * @param isAsked whether a node's guests are meant: each guest is a call of its own
 */
export async function runningGuests(
  pvesh: Pvesh,
  isAsked: (node: string) => boolean = () => true,
): Promise<GuestOnVnet[]> {
  const guests = await pvesh.read("/cluster/resources", resourcesSchema, { type: "vm" });
  const found: GuestOnVnet[] = [];
  for (const { type, vmid, node, name, status } of guests) {
    if (status !== "running" || !isAsked(node)) continue;
    try {
      const config = await pvesh.read(`/nodes/${node}/${type}/${vmid}/config`, configSchema);
      const kind = type === "qemu" ? "VM" : "container";
      found.push({ name: name ?? String(vmid), vmid, kind, node, vnets: bridgesOf(config) });
    } catch (error) {
      // Moved or removed since it was listed.
      if (!(error instanceof PveshError && error.notFound)) throw error;
    }
  }
  return found;
}

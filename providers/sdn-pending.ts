import { z } from "zod";
import { Pvesh } from "./pvesh";

/** A change that stands in PVE's SDN config and is not applied yet. */
export interface PendingChange {
  kind: "controller" | "zone" | "vnet" | "subnet";
  id: string;
  state: string;
}

const objectSchema = z.looseObject({
  controller: z.string().optional(),
  zone: z.string().optional(),
  vnet: z.string().optional(),
  subnet: z.string().optional(),
  state: z.string().optional(),
});
type SdnObject = z.infer<typeof objectSchema>;

async function list(pvesh: Pvesh, path: string): Promise<SdnObject[]> {
  return z.array(objectSchema).parse(await pvesh.get(path, { pending: true }));
}

function pendingOf(objects: SdnObject[], kind: PendingChange["kind"]): PendingChange[] {
  return objects.flatMap((object) =>
    object.state ? [{ kind, id: object[kind] ?? "?", state: object.state }] : [],
  );
}

/** Everything that is pending in the cluster's SDN config, ours or not (`?pending=1`, `state`). */
export async function readPending(pvesh: Pvesh): Promise<PendingChange[]> {
  const controllers = await list(pvesh, "/cluster/sdn/controllers");
  const zones = await list(pvesh, "/cluster/sdn/zones");
  const vnets = await list(pvesh, "/cluster/sdn/vnets");
  const subnets: SdnObject[] = [];
  for (const { vnet } of vnets) {
    if (vnet) subnets.push(...(await list(pvesh, `/cluster/sdn/vnets/${vnet}/subnets`)));
  }
  return [
    ...pendingOf(controllers, "controller"),
    ...pendingOf(zones, "zone"),
    ...pendingOf(vnets, "vnet"),
    ...pendingOf(subnets, "subnet"),
  ];
}

/** `vnet vnet104 (new)`, for messages and for the state. */
export function pendingText(change: PendingChange): string {
  return `${change.kind} ${change.id} (${change.state})`;
}

import { z } from "zod";
import { SdnKind } from "../plan/sdn-objects";
import { Pvesh } from "./pvesh";

/** An object of PVE's SDN config, whoever made it. */
export interface FoundObject {
  kind: SdnKind;
  id: string;
  /** Its options as the next apply would commit them; those of a deleted object as they run. */
  options: Record<string, unknown>;
  /** new, changed or deleted since the last apply; absent when nothing is pending. */
  state?: string;
  /** Options that the next apply would change. */
  pending: string[];
}

const optionsSchema = z.record(z.string(), z.unknown());
const objectSchema = z.looseObject({
  controller: z.string().optional(),
  zone: z.string().optional(),
  vnet: z.string().optional(),
  subnet: z.string().optional(),
  state: z.string().optional(),
  pending: optionsSchema.optional(),
});
type Listed = z.infer<typeof objectSchema>;

function found(kind: SdnKind, listed: Listed): FoundObject {
  const { pending = {}, state, ...running } = listed;
  const changed = Object.entries(pending);
  const options = { ...running, ...pending };
  // PVE writes an option that goes as the text "deleted".
  const desired = Object.entries(options).filter(
    ([option, value]) => !(value === "deleted" && option in pending),
  );
  return {
    kind,
    id: listed[kind] ?? "?",
    options: Object.fromEntries(desired),
    state,
    pending: changed.map(([option]) => option),
  };
}

/** The cluster's whole SDN config as it would be applied, with what is pending (`?pending=1`). */
export async function readSdnConfig(pvesh: Pvesh): Promise<FoundObject[]> {
  const list = async (kind: SdnKind, path: string) =>
    (await pvesh.read(path, z.array(objectSchema), { pending: true })).map((each) =>
      found(kind, each),
    );
  const controllers = await list("controller", "/cluster/sdn/controllers");
  const zones = await list("zone", "/cluster/sdn/zones");
  const vnets = await list("vnet", "/cluster/sdn/vnets");
  const subnets: FoundObject[] = [];
  for (const { id } of vnets) {
    subnets.push(...(await list("subnet", `/cluster/sdn/vnets/${id}/subnets`)));
  }
  return [...controllers, ...zones, ...vnets, ...subnets];
}

/** Whether the cluster has any controller, which is what makes PVE write FRR's config. */
export async function hasController(pvesh: Pvesh): Promise<boolean> {
  return (await pvesh.read("/cluster/sdn/controllers", z.array(objectSchema))).length > 0;
}

/** Everything that is pending, ours or not. */
export async function readPending(pvesh: Pvesh): Promise<FoundObject[]> {
  return (await readSdnConfig(pvesh)).filter(({ state }) => state !== undefined);
}

/** `vnet vnet104 (new)`, for messages and for the state. */
export function pendingText({
  kind,
  id,
  state,
}: Pick<FoundObject, "kind" | "id" | "state">): string {
  return `${kind} ${id} (${state})`;
}

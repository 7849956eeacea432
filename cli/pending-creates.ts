import { SdnKind } from "../plan/sdn-objects";
import { FoundObject } from "../providers/sdn-config";

interface StateResource {
  urn: string;
  type: string;
  id?: string;
  inputs?: Record<string, unknown>;
  /** Pulumi deleted the object and was to create it anew. */
  pendingReplacement?: boolean;
}

/** The part of `pulumi stack export` that tells of an interrupted update. */
export interface Deployment {
  resources?: StateResource[];
  pending_operations?: { type: string; resource: StateResource }[];
}

/** An SDN object whose creation Pulumi began and did not record. */
export interface PendingCreate {
  urn: string;
  kind: SdnKind;
  /** The object's id; of a subnet, what its id ends with behind the zone. */
  id: string;
  /** VNet of a subnet. */
  vnet?: string;
  /** The same object was deleted before, to be created anew: it may still run. */
  replaced: boolean;
}

const KINDS: Record<string, { kind: SdnKind; id: (inputs: Record<string, unknown>) => string }> = {
  "proxmoxve:sdn/zone/evpn:Evpn": { kind: "zone", id: ({ resourceId }) => String(resourceId) },
  "proxmoxve:sdn/vnet:Vnet": { kind: "vnet", id: ({ resourceId }) => String(resourceId) },
  "proxmoxve:sdn/subnet:Subnet": {
    kind: "subnet",
    id: ({ cidr }) => `-${String(cidr).replace("/", "-")}`,
  },
  "pulumi-nodejs:dynamic/evpn:Controller": {
    kind: "controller",
    id: ({ controllerId }) => String(controllerId),
  },
};

/** The SDN objects among the creations that an interrupted update left open. */
export function pendingCreates(deployment: Deployment): PendingCreate[] {
  const creating = (deployment.pending_operations ?? []).filter(({ type }) => type === "creating");
  return creating.flatMap(({ resource: { urn, type, inputs = {} } }) => {
    const known = KINDS[type];
    if (!known) return [];
    const { kind } = known;
    const replaced = (deployment.resources ?? []).some(
      (resource) => resource.urn === urn && resource.pendingReplacement === true,
    );
    const vnet = kind === "subnet" ? String(inputs.vnet) : undefined;
    return [{ urn, kind, id: known.id(inputs), vnet, replaced }];
  });
}

/** Children first, as PVE wants them removed. */
const ORDER: SdnKind[] = ["subnet", "vnet", "zone", "controller"];

/**
 * The objects that stand in PVE's SDN config because of open creations. None of them has been applied:
 * the apply waits until all of them are recorded. An object of that id that was there before, applied
 * by others, is none of them.
 */
export function unrecorded(
  creates: readonly PendingCreate[],
  found: readonly FoundObject[],
): FoundObject[] {
  const isOne = (object: FoundObject) =>
    creates.some(
      ({ kind, id, vnet, replaced }) =>
        object.kind === kind &&
        (kind === "subnet"
          ? object.id.endsWith(id) && object.options.vnet === vnet
          : object.id === id) &&
        object.state !== "deleted" &&
        (object.state === "new" || replaced),
    );
  return found.filter(isOne).sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind));
}

/** PVE's path of an object. */
export function pathOf({ kind, id, options }: FoundObject): string {
  return kind === "subnet"
    ? `/cluster/sdn/vnets/${String(options.vnet)}/subnets/${id}`
    : `/cluster/sdn/${kind}s/${id}`;
}

import { z } from "zod";
import { Pvesh, PveshError } from "../providers/pvesh";
import type { SshSession } from "../providers/ssh";

/** An SDN object as `?pending=1` shows it: the running values, and what is not applied yet. */
const objectSchema = z.looseObject({
  controller: z.string().optional(),
  zone: z.string().optional(),
  vnet: z.string().optional(),
  subnet: z.string().optional(),
  cidr: z.string().optional(),
  tag: z.coerce.number().optional(),
  gateway: z.string().optional(),
  snat: z.coerce.number().optional(),
  /** new, changed or deleted: not applied. */
  state: z.string().optional(),
});
type SdnObject = z.infer<typeof objectSchema>;

/** `GET /cluster/resources?type=vm`: guests. */
const resourceSchema = z.looseObject({
  type: z.string(),
  node: z.string().optional(),
  status: z.string().optional(),
  vmid: z.coerce.number().optional(),
  name: z.string().optional(),
});

const zoneStatesSchema = z.array(z.looseObject({ zone: z.string(), status: z.string() }));

/** A network card of a guest: `virtio=…,bridge=vnet101,mtu=1`. */
export interface GuestCard {
  /** `net0` */
  key: string;
  bridge?: string;
  /** Bytes; 1 stands for the bridge's own. */
  mtu?: number;
}

export interface Guest {
  vmid: number;
  name: string;
  kind: "qemu" | "lxc";
  node: string;
  running: boolean;
  cards: GuestCard[];
  /** Why its config could not be read. */
  unread?: string;
}

/** What Proxmox VE says of the cluster. */
export interface ClusterObservation {
  /** `vnet vnet104 (new)` */
  pending: string[];
  /** State of each zone on each node that Proxmox VE could ask. */
  zones: { zone: string; node: string; status: string }[];
  /** Nodes that it could not ask, each with its own words. */
  unasked: Record<string, string>;
  /** Applied VNets and subnets. */
  vnets: { id: string; zone?: string; tag?: number }[];
  subnets: { vnet: string; cidr: string; gateway?: string; snat: boolean }[];
  guests: Guest[];
}

export function readCards(config: Record<string, unknown>): GuestCard[] {
  return Object.entries(config).flatMap(([key, value]) => {
    if (!/^net\d+$/.test(key) || typeof value !== "string") return [];
    const fields = new Map(
      value.split(",").map((field) => field.split("=", 2) as [string, string | undefined]),
    );
    const mtu = Number(fields.get("mtu"));
    const bridge = fields.get("bridge");
    return [{ key, ...(bridge ? { bridge } : {}), ...(mtu ? { mtu } : {}) }];
  });
}

const isApplied = ({ state }: SdnObject) => state !== "new";

/** An object's id, for messages and for the state. */
function pendingText(object: SdnObject, kind: "controller" | "zone" | "vnet" | "subnet"): string[] {
  return object.state ? [`${kind} ${object[kind] ?? "?"} (${object.state})`] : [];
}

async function readGuests(pvesh: Pvesh, resources: z.infer<typeof resourceSchema>[]) {
  const guests: Guest[] = [];
  for (const { type, node, vmid, name, status } of resources) {
    if ((type !== "qemu" && type !== "lxc") || !node || vmid === undefined) continue;
    const path = `/nodes/${node}/${type}/${vmid}/config`;
    const guest = { vmid, name: name ?? String(vmid), kind: type, node } as const;
    const state = { running: status === "running" };
    try {
      const config = z.record(z.string(), z.unknown()).parse(await pvesh.get(path));
      guests.push({ ...guest, ...state, cards: readCards(config) });
    } catch (error) {
      // Its node may be down: that says nothing about the guest.
      if (!(error instanceof PveshError)) throw error;
      guests.push({ ...guest, ...state, cards: [], unread: error.detail });
    }
  }
  return guests;
}

/** Zones' states on a node, or why PVE could not ask it, which says nothing about the zones. */
async function readZones(
  pvesh: Pvesh,
  node: string,
): Promise<ClusterObservation["zones"] | string> {
  try {
    const states = zoneStatesSchema.parse(await pvesh.get(`/nodes/${node}/sdn/zones`));
    return states.map(({ zone, status }) => ({ zone, node, status }));
  } catch (error) {
    if (error instanceof PveshError) return error.detail;
    throw error;
  }
}

/**
 * Reads SDN config, zones' states and guests through the entry node's pvesh.
 * @param nodes those whose zones are asked for
 * @throws SshError, PveshError
 */
export async function observeCluster(
  session: SshSession,
  nodes: string[],
): Promise<ClusterObservation> {
  const pvesh = new Pvesh(session);
  const list = async (path: string) =>
    z.array(objectSchema).parse(await pvesh.get(path, { pending: true }));
  const controllers = await list("/cluster/sdn/controllers");
  const zones = await list("/cluster/sdn/zones");
  const vnets = await list("/cluster/sdn/vnets");
  const subnets: (SdnObject & { of: string })[] = [];
  for (const { vnet: of } of vnets) {
    if (!of) continue;
    const found = await list(`/cluster/sdn/vnets/${of}/subnets`);
    subnets.push(...found.map((subnet) => ({ ...subnet, of })));
  }
  const states: ClusterObservation["zones"] = [];
  const unasked: ClusterObservation["unasked"] = {};
  for (const node of nodes) {
    const found = await readZones(pvesh, node);
    if (typeof found === "string") unasked[node] = found;
    else states.push(...found);
  }
  const resources = await pvesh.get("/cluster/resources", { type: "vm" });
  return {
    pending: [
      ...controllers.flatMap((each) => pendingText(each, "controller")),
      ...zones.flatMap((each) => pendingText(each, "zone")),
      ...vnets.flatMap((each) => pendingText(each, "vnet")),
      ...subnets.flatMap((each) => pendingText(each, "subnet")),
    ],
    zones: states,
    unasked,
    vnets: vnets
      .filter(isApplied)
      .flatMap(({ vnet: id, zone, tag }) => (id ? [{ id, zone, tag }] : [])),
    subnets: subnets
      .filter(isApplied)
      .flatMap(({ of, cidr, gateway, snat }) =>
        cidr ? [{ vnet: of, cidr, gateway, snat: snat === 1 }] : [],
      ),
    guests: await readGuests(pvesh, z.array(resourceSchema).parse(resources)),
  };
}

import { z } from "zod";
import { GuestOnVnet, runningGuests } from "../../providers/guests";
import { Pvesh, PveshError } from "../../providers/pvesh";
import { FoundObject, readSdnConfig } from "../../providers/sdn-config";

const statusSchema = z.array(
  z.looseObject({
    type: z.string(),
    name: z.string().optional(),
    quorate: z.coerce.number().optional(),
    online: z.coerce.number().optional(),
  }),
);

/** What Proxmox VE says of the cluster. */
export interface ClusterObservation {
  /** A node that is in no cluster is its own quorum. */
  quorate: boolean;
  members: { name: string; online: boolean }[];
  /** The SDN config with what is pending. */
  sdn: FoundObject[];
  /** Somebody holds the SDN lock. */
  locked: boolean;
  /** Running guests on nodes where the planned zone is not. */
  guestsOutside: GuestOnVnet[];
}

/**
 * A write that cannot succeed: no VNet has this id, and no config this digest. Proxmox VE (from 9.0
 * on) looks at its lock before anything else, and offers no call that reads it.
 */
const IMPOSSIBLE = { path: "/cluster/sdn/vnets/preflig", digest: "0".repeat(40) };

async function isLocked(pvesh: Pvesh): Promise<boolean> {
  try {
    await pvesh.write("set", IMPOSSIBLE.path, { digest: IMPOSSIBLE.digest });
  } catch (error) {
    if (!(error instanceof PveshError)) throw error;
    return /lock token/.test(error.detail);
  }
  return false;
}

/**
 * Asks one node's pvesh, and changes nothing.
 * @param zoneNodes names of the nodes on which the planned zone is
 * @throws SshError, PveshError
 */
export async function observeCluster(
  pvesh: Pvesh,
  zoneNodes: readonly string[],
): Promise<ClusterObservation> {
  const [status, sdn, locked] = await Promise.all([
    pvesh.read("/cluster/status", statusSchema),
    readSdnConfig(pvesh),
    isLocked(pvesh),
  ]);
  const cluster = status.find(({ type }) => type === "cluster");
  const members = status
    .filter(({ type }) => type === "node")
    .map(({ name, online }) => ({ name: name ?? "", online: online === 1 }));
  const isOutside = (node: string) => !zoneNodes.includes(node);
  return {
    quorate: cluster === undefined || cluster.quorate === 1,
    members,
    sdn,
    locked,
    guestsOutside: members.some(({ name }) => isOutside(name))
      ? await runningGuests(pvesh, isOutside)
      : [],
  };
}

import { z } from "zod";
import type { NodeEndpoint } from "../plan/types";
import { Pvesh, PveshError } from "./pvesh";
import { On, SshError } from "./ssh";

/** A node that an apply must reach, and the devices that it makes there. */
export interface ApplyNode {
  endpoint: NodeEndpoint;
  /** Names of the bridges, VXLAN and VRF devices of the zone and its VNets. */
  devices: string[];
}

/** What was found on the nodes. */
export interface NodeDrift {
  /** One line for each node that is not as the applied config says. */
  differs: string[];
  /** Nodes that could not be looked at, with the reason. */
  unseen: string[];
}

const zonesSchema = z.array(z.looseObject({ zone: z.string(), status: z.string() }));

/**
 * PVE's own comparison: `pending` where the node's interfaces.d/sdn is older than the applied config,
 * `error` where a bridge is missing.
 */
async function zoneProblems(pvesh: Pvesh, node: string): Promise<string[]> {
  const zones = await pvesh.read(`/nodes/${node}/sdn/zones`, zonesSchema);
  return zones
    .filter(({ status }) => status !== "available")
    .map(({ zone, status }) =>
      status === "pending"
        ? `zone ${zone}: its network config is older than the applied one`
        : `zone ${zone}: ${status}`,
    );
}

async function missingDevices(on: On, { endpoint, devices }: ApplyNode): Promise<string[]> {
  if (devices.length === 0) return [];
  const { stdout } = await on(endpoint, (session) =>
    session.exec("ls /sys/class/net", { repeatable: true }),
  );
  const there = new Set(stdout.split(/\s+/));
  return devices.filter((device) => !there.has(device)).map((device) => `${device} is missing`);
}

/**
 * Looks whether each node runs what was applied last. A node that cannot be reached is no difference:
 * what it missed is known from the apply that failed on it.
 */
export async function nodeDrift(
  pvesh: Pvesh,
  nodes: readonly ApplyNode[],
  on: On,
): Promise<NodeDrift> {
  const drift: NodeDrift = { differs: [], unseen: [] };
  const looks = nodes.map(async (node) => {
    const { name } = node.endpoint;
    // What one look finds counts, even if the other one cannot look.
    const attempt = async (look: Promise<string[]>): Promise<string[]> => {
      try {
        return await look;
      } catch (error) {
        if (!(error instanceof SshError || error instanceof PveshError)) throw error;
        drift.unseen.push(`${name}: ${error.message}`);
        return [];
      }
    };
    const found = [
      ...(await attempt(missingDevices(on, node))),
      ...(await attempt(zoneProblems(pvesh, name))),
    ];
    if (found.length > 0) drift.differs.push(`${name}: ${found.join(", ")}`);
  });
  await Promise.all(looks);
  return { differs: drift.differs.sort(), unseen: drift.unseen.sort() };
}

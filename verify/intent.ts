import { hashOf } from "../plan/plan";
import type { Plan, PlannedNode } from "../plan/types";

/** A node as the verification needs it. */
export type IntendedNode = Omit<PlannedNode, "endpoint"> & {
  /** Hash of the node's block: enough to know it again, and small in the state. */
  block: string;
};

/**
 * The part of the plan from which the expectations follow. It is what FabricHealth keeps in the state,
 * so it holds no text of blocks and nothing about how nodes are reached.
 */
export type FabricIntent = Pick<
  Plan,
  | "identity"
  | "entryNode"
  | "controller"
  | "zone"
  | "vnets"
  | "evpnSessions"
  | "frrOwner"
  | "topology"
  | "externalPeers"
> & {
  nodes: IntendedNode[];
  /** Names of nodes that are dead and stay so. A state of version 0.1.0 has none. */
  retired?: string[];
  /**
   * The look is an update's, which removes what is no longer planned only afterwards: a subnet that
   * stands beyond the plan is no fault. Pulumi deletes at the end of an update.
   */
  removalsFollow?: boolean;
};

/** Of a block's text with its markers; blanks at the end do not count. */
export const blockHash = (text: string) => hashOf(text.trim());

export function intentOf(plan: Plan): FabricIntent {
  const { identity, entryNode, controller, zone, vnets } = plan;
  const { evpnSessions, frrOwner, topology, externalPeers } = plan;
  return {
    identity,
    entryNode,
    controller,
    zone,
    vnets,
    evpnSessions,
    frrOwner,
    topology,
    externalPeers,
    ...(plan.retired.length > 0 ? { retired: [...plan.retired] } : {}),
    nodes: plan.nodes.map(({ endpoint: _endpoint, ...node }) => ({
      ...node,
      block: blockHash(plan.operatorBlocks[node.name]?.text ?? plan.blocks[node.name] ?? ""),
    })),
  };
}

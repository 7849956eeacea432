import { Plan, PlannedNode } from "../plan/types";
import { CannotLook, nearest } from "./command";

export const NODE_OPTION = { value: "NODE", short: "n", summary: "this node alone" };

/** The nodes that a command is about: the named one, or all. @throws CannotLook for an unknown name */
export function nodesOf(plan: Plan, name: string | undefined): PlannedNode[] {
  if (name === undefined) return plan.nodes;
  const found = plan.nodes.filter((node) => node.name === name);
  if (found.length > 0) return found;
  const names = plan.nodes.map((node) => node.name);
  const guess = nearest(name, names);
  throw new CannotLook(
    `The stack has no node '${name}'.${guess ? ` Did you mean ${guess}?` : ""} It has ${names.join(", ")}.`,
  );
}

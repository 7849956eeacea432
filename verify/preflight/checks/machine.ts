import type { NodeObservation } from "../observe-node";
import type { WantedNode } from "../expect";
import { finding, Finding } from "../finding";

/** Proxmox VE names a node by the first label of its host name. */
export function checkName({ node, path }: WantedNode, { hostname }: NodeObservation): Finding[] {
  const name = hostname.split(".")[0] ?? "";
  if (name.toLowerCase() === node.name.toLowerCase()) return [];
  const what = `the machine at ${node.endpoint.host}, port ${node.endpoint.port}, is '${name}'`;
  return [finding(node.name, "node-name", what, { where: `${path}.address` })];
}

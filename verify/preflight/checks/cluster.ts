import type { Wanted } from "../expect";
import { CLUSTER, finding, Finding } from "../finding";
import type { ClusterObservation } from "../observe-cluster";

const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** @param dead nodes that SSH did not reach: that they are offline is no second finding */
export function checkQuorum(
  { plan }: Wanted,
  { quorate, members }: ClusterObservation,
  dead: readonly string[],
): Finding[] {
  const offline = members.filter(
    ({ name, online }) =>
      !online && plan.nodes.some((node) => same(node.name, name)) && !dead.includes(name),
  );
  return [
    ...(quorate ? [] : [finding(CLUSTER, "quorum", "the cluster is not quorate")]),
    ...offline.map(({ name }) => finding(name, "quorum", `${name} is offline in the cluster`)),
  ];
}

export function checkMembers(wanted: Wanted, { members }: ClusterObservation): Finding[] {
  const { plan, nodes } = wanted;
  const names = members.map(({ name }) => name).join(", ");
  const strangers = nodes
    .filter(({ node }) => !members.some(({ name }) => same(name, node.name)))
    .map(({ node, path }) =>
      finding(node.name, "members", `the cluster's members are ${names}`, {
        where: `${path}.name`,
      }),
    );
  const known = [...plan.nodes.map(({ name }) => name), ...plan.retired];
  const unnamed = members
    .filter(({ name }) => !known.some((each) => same(each, name)))
    .map(({ name }) =>
      finding(name, "members", `${name} is a member of the cluster and not in the config`, {
        severity: "warning",
        where: "nodes",
        why: "an apply reloads it too, and Proxmox VE writes its frr.conf; nothing is looked at there",
        remedy: "Add it to nodes; zone.nodes keeps the zone away from it",
      }),
    );
  const alive = members
    .filter(({ name, online }) => online && plan.retired.some((each) => same(each, name)))
    .map(({ name }) =>
      finding(name, "members", `${name} is marked retired and is online`, {
        severity: "warning",
        where: "nodes",
        why: "it keeps the block and the devices that it has",
        remedy: "Take `retired` out, or clean the node as the README says",
      }),
    );
  return [...strangers, ...unnamed, ...alive];
}

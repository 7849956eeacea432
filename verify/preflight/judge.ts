import { checkBlocks, checkLeavingSubnets } from "./checks/block";
import { checkMembers, checkQuorum } from "./checks/cluster";
import { checkDaemons, checkFrrVersion, checkTools } from "./checks/frr";
import { checkZoneGuests } from "./checks/guests";
import { checkMeshInterfaces, checkMtu, checkSourced } from "./checks/interfaces";
import { checkName } from "./checks/machine";
import { checkFrrConf, checkOtherStack, hasOurBlock } from "./checks/ownership";
import { checkOneVersion, checkPveVersion } from "./checks/pve-version";
import { checkAdoption, checkControllers, checkIds, checkLock, checkPending } from "./checks/sdn";
import { checkForwarding, checkKeepAddress, checkRpFilter } from "./checks/sysctls";
import { checkLoopbacks, checkRouterIds, checkVtepDeclared } from "./checks/vtep";
import { CHECK_NAMES } from "./catalogue";
import type { Wanted, WantedNode } from "./expect";
import { CLUSTER, Finding } from "./finding";
import type { NodeObservation } from "./observe-node";
import type { Observed } from "./run";

function nodeFindings(wanted: Wanted, node: WantedNode, seen: NodeObservation): Finding[] {
  const wrongMachine = checkName(node, seen);
  // Whatever else another machine lacks says nothing about the node.
  if (wrongMachine.length > 0) return wrongMachine;
  return [
    ...checkPveVersion(wanted, node, seen),
    ...checkFrrVersion(wanted, node, seen),
    ...checkDaemons(node, seen),
    ...checkTools(node, seen),
    ...checkSourced(node, seen),
    ...checkMeshInterfaces(node, seen),
    ...checkMtu(wanted, node, seen),
    ...checkRpFilter(wanted, node, seen),
    ...checkForwarding(wanted, node, seen),
    ...checkKeepAddress(wanted, node, seen),
    ...checkLoopbacks(node, seen),
    ...checkVtepDeclared(wanted, node, seen),
    ...checkFrrConf(wanted, node, seen),
    ...checkOtherStack(wanted, node, seen),
  ];
}

/**
 * All findings about what was seen, by node in the order of the config, then about the cluster. Pure.
 * @param failed what could not be looked at, with the reason
 */
export function judge(wanted: Wanted, observed: Observed, failed: Finding[]): Finding[] {
  const { nodes: answers, cluster } = observed;
  const isOther = (node: WantedNode) => {
    const seen = answers.get(node.node.name);
    return seen !== undefined && checkName(node, seen).length > 0;
  };
  const others = wanted.nodes.filter(isOther).map(({ node }) => node.name);
  // What another machine says of itself is no node's.
  const nodes = new Map([...answers].filter(([name]) => !others.includes(name)));
  const dead = failed.map(({ node }) => node);
  const perNode = wanted.nodes.flatMap((node) => {
    const seen = answers.get(node.node.name);
    return seen === undefined ? [] : nodeFindings(wanted, node, seen);
  });
  const together = [
    ...checkOneVersion(nodes, CLUSTER),
    ...checkRouterIds(wanted, nodes),
    ...checkBlocks(wanted, nodes),
  ];
  const ourBlocks = [...nodes.values()].some((seen) => hasOurBlock(wanted, seen));
  const ofCluster = cluster
    ? [
        ...checkQuorum(wanted, cluster, dead),
        ...checkMembers(wanted, cluster),
        ...checkControllers(wanted, cluster),
        ...checkIds(wanted, cluster),
        ...checkAdoption(wanted, cluster, ourBlocks),
        ...checkLeavingSubnets(wanted, nodes, cluster),
        ...checkZoneGuests(wanted, cluster),
        ...checkPending(wanted, cluster),
        ...checkLock(cluster),
      ]
    : [];
  return inOrder(wanted, [...failed, ...perNode, ...together, ...ofCluster]);
}

function inOrder(wanted: Wanted, findings: Finding[]): Finding[] {
  const names = [...wanted.nodes.map(({ node }) => node.name)];
  const rank = ({ node, check }: Finding) =>
    (names.includes(node) ? names.indexOf(node) : names.length) * CHECK_NAMES.length +
    CHECK_NAMES.indexOf(check);
  return findings
    .map((each, index) => ({ each, index }))
    .sort((a, b) => rank(a.each) - rank(b.each) || a.index - b.index)
    .map(({ each }) => each);
}

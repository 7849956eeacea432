import { Violation } from "../config/violation";
import { PVE_VERSIONS, PveVersion } from "../pve-model/types";
import { Plan } from "./types";

/** A rule that not every version of Proxmox VE has: what it finds on one version. */
type VersionRule = (version: PveVersion, plan: Plan) => Violation[];

/**
 * Whether a version has no right routes for the zone's IPv6 subnets: for `exitnodes-local-routing` 8.4
 * writes `ip route` with an IPv4 gateway for them too, which FRR refuses. frr.conf is then loaded in
 * part, and the node's task ends in a warning.
 */
export const misroutesIpv6 = (version: PveVersion, zone: Plan["zone"]) =>
  version === "8.4" && zone.exitNodesLocalRouting && zone.exitNodes.length > 0;

const localRoutesOver6: VersionRule = (version, { zone, vnets }) => {
  const cidr = vnets
    .flatMap(({ subnets }) => subnets)
    .find(({ family }) => family === "ipv6")?.cidr;
  if (cidr === undefined || !misroutesIpv6(version, zone)) return [];
  return [
    {
      path: "zone.exitNodesLocalRouting",
      value: true,
      reason: `makes Proxmox VE 8.4 write an IPv4 route for the IPv6 subnet ${cidr}, which FRR refuses`,
      remedy: "Take it out, or update the cluster to Proxmox VE 9",
    },
  ];
};

const RULES: readonly VersionRule[] = [localRoutesOver6];

/** What cannot work on one version of Proxmox VE; the preflight calls it for the cluster's own. */
export function versionViolations(version: PveVersion, plan: Plan): Violation[] {
  return RULES.flatMap((rule) => rule(version, plan));
}

export interface VersionFindings {
  errors: Violation[];
  warnings: Violation[];
}

/**
 * What the config tells of the cluster's version: with `cluster.pveVersion` that version's violations are
 * errors. Without it only what goes wrong on all versions is an error; the rest are warnings, until the
 * preflight has asked the cluster.
 */
export function versionFindings(plan: Plan): VersionFindings {
  const versions = plan.pveVersion === undefined ? PVE_VERSIONS : [plan.pveVersion];
  const found = versions.map((version) => versionViolations(version, plan));
  const keyOf = ({ path, reason }: Violation) => `${path} ${reason}`;
  const everywhere = (violation: Violation) =>
    found.every((ofOne) => ofOne.some((other) => keyOf(other) === keyOf(violation)));
  const distinct = [...new Map(found.flat().map((each) => [keyOf(each), each])).values()];
  return {
    errors: distinct.filter(everywhere),
    warnings: distinct.filter((violation) => !everywhere(violation)),
  };
}

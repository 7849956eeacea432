import { versionedFindings } from "../../../plan/plan";
import { misroutesIpv6 } from "../../../plan/version-rules";
import type { Wanted } from "../expect";
import { CLUSTER, finding, Finding } from "../finding";
import type { NodeObservation } from "../observe-node";
import type { ClusterObservation } from "../observe-cluster";
import { knownVersion } from "../pve-version";
import { there } from "./sdn";

const valueText = (value: unknown) => (value === undefined ? "" : ` = ${JSON.stringify(value)}`);

const versionsOf = (observed: ReadonlyMap<string, NodeObservation>) =>
  new Set(
    [...observed.values()].flatMap(({ pve }) => {
      const known = "version" in pve ? knownVersion(pve.version) : undefined;
      return known ? [known.model] : [];
    }),
  );

/** What depends on Proxmox VE's version, for the versions that the nodes really have. */
export function checkBlocks(
  { plan, config }: Wanted,
  observed: ReadonlyMap<string, NodeObservation>,
): Finding[] {
  return [...versionsOf(observed)].flatMap((version) =>
    versionedFindings(config, { ...plan, pveVersion: version }).errors.map(
      ({ path, value, reason, remedy }) =>
        finding(
          CLUSTER,
          "block",
          `with Proxmox VE ${version} ${path}${valueText(value)} ${reason}`,
          {
            where: path,
            remedy,
          },
        ),
    ),
  );
}

/**
 * An update applies what it adds and changes before it takes anything away: IPv6 subnets that it removes
 * are still there when local routing comes, which one version has no right routes for.
 */
export function checkLeavingSubnets(
  { plan }: Wanted,
  observed: ReadonlyMap<string, NodeObservation>,
  cluster: ClusterObservation,
): Finding[] {
  const { zone } = plan;
  const version = [...versionsOf(observed)].find((each) => misroutesIpv6(each, zone));
  if (version === undefined) return [];
  const planned = new Set(plan.vnets.flatMap(({ subnets }) => subnets.map(({ id }) => id)));
  const leaving = there(cluster, "subnet")
    .map(({ id }) => id)
    .filter((id) => id.startsWith(`${zone.id}-`) && id.includes(":") && !planned.has(id));
  if (leaving.length === 0) return [];
  return [
    finding(
      CLUSTER,
      "block",
      `with Proxmox VE ${version} zone.exitNodesLocalRouting = true and the IPv6 subnets ${leaving.join(", ")} do not go together, and these go only after the apply`,
      {
        where: "zone.exitNodesLocalRouting",
        why: "it writes an IPv4 route for each of them, which FRR refuses",
        remedy:
          "Remove the subnets with one `pulumi up`, and set exitNodesLocalRouting for the next one",
      },
    ),
  ];
}

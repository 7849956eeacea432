import { versionedFindings } from "../../../plan/plan";
import type { Wanted } from "../expect";
import { CLUSTER, finding, Finding } from "../finding";
import type { NodeObservation } from "../observe-node";
import { knownVersion } from "../pve-version";

const valueText = (value: unknown) => (value === undefined ? "" : ` = ${JSON.stringify(value)}`);

/** What depends on Proxmox VE's version, for the versions that the nodes really have. */
export function checkBlocks(
  { plan, config }: Wanted,
  observed: ReadonlyMap<string, NodeObservation>,
): Finding[] {
  const versions = new Set(
    [...observed.values()].flatMap(({ pve }) => {
      const known = "version" in pve ? knownVersion(pve.version) : undefined;
      return known ? [known.model] : [];
    }),
  );
  return [...versions].flatMap((version) =>
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

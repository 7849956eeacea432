import type { Wanted, WantedNode } from "../expect";
import { finding, Finding } from "../finding";
import type { NodeObservation } from "../observe-node";
import { knownVersion } from "../pve-version";

export function checkPveVersion(
  { config }: Wanted,
  { node }: WantedNode,
  { pve }: NodeObservation,
): Finding[] {
  if ("failure" in pve) {
    return [
      finding(node.name, "pve-version", `\`pvesh get /version\` fails: ${pve.failure}`, {
        why: "controller and apply go through pvesh",
        remedy:
          "Mend Proxmox VE on the node first (`pvecm status`, `systemctl status pve-cluster`)",
      }),
    ];
  }
  const known = knownVersion(pve.version);
  if (known === undefined) {
    return [
      finding(node.name, "pve-version", `Proxmox VE is ${pve.version}`, {
        why: "how it writes frr.conf is not known here: 8.4 is the oldest that is",
        remedy: "Upgrade the node to 8.4 or newer",
      }),
    ];
  }
  const { pveVersion } = config.cluster;
  if (pveVersion !== undefined && pveVersion !== known.model) {
    const what = `Proxmox VE is ${pve.version}, and the config says ${pveVersion}`;
    return [finding(node.name, "pve-version", what, { where: "cluster.pveVersion" })];
  }
  if (known.exact) return [];
  return [
    finding(node.name, "pve-version", `Proxmox VE is ${pve.version}`, {
      severity: "warning",
      why: `this release was not looked at: it is taken to write frr.conf as ${known.model} does`,
      remedy: "Try it with one VNet that carries nothing important, and look at `evpn verify`",
    }),
  ];
}

/** Each node writes its files by its own version. */
export function checkOneVersion(
  observed: ReadonlyMap<string, NodeObservation>,
  cluster: string,
): Finding[] {
  const versions = new Map(
    [...observed].flatMap(([node, { pve }]) => ("version" in pve ? [[node, pve.version]] : [])),
  );
  if (new Set(versions.values()).size <= 1) return [];
  const what = [...versions].map(([node, version]) => `${node} ${version}`).join(", ");
  return [
    finding(cluster, "pve-version", `the nodes have different versions: ${what}`, {
      severity: "warning",
      why: "the same config gives different files on them",
      remedy: "Finish the cluster's upgrade before you change the fabric",
    }),
  ];
}

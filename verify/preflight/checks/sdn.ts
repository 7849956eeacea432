import { sdnObjectsOf } from "../../../plan/sdn-objects";
import { keyOf } from "../../../providers/foreign-pending";
import { FoundObject, pendingText } from "../../../providers/sdn-config";
import type { Wanted } from "../expect";
import { CLUSTER, finding, Finding } from "../finding";
import type { ClusterObservation } from "../observe-cluster";

/** Objects of a kind that stand in the config to be applied. */
export const there = ({ sdn }: ClusterObservation, kind: FoundObject["kind"]) =>
  sdn.filter((object) => object.kind === kind && object.state !== "deleted");

/** Proxmox VE allows one EVPN controller; others change what it writes into frr.conf. */
export function checkControllers({ plan, config }: Wanted, cluster: ClusterObservation): Finding[] {
  const { id } = plan.controller;
  const where = "controller.id";
  return there(cluster, "controller").flatMap(({ id: other, options }) => {
    const { type, asn, peers } = options as Record<string, string | number | undefined>;
    if (type === "evpn" && other !== id) {
      const what = `the cluster has another EVPN controller, '${other}' (asn ${asn}, peers ${peers ?? "none"})`;
      const remedy = `Set controller.id: ${other} to adopt it, or remove it with \`pvesh delete /cluster/sdn/controllers/${other}\` when no zone uses it`;
      return [finding(CLUSTER, "controller", what, { where, remedy })];
    }
    if (other === id && type !== "evpn") {
      return [
        finding(CLUSTER, "controller", `the cluster's controller '${id}' is of type ${type}`, {
          where,
          why: "it cannot become one of type evpn",
          remedy: "Set another controller.id",
        }),
      ];
    }
    if (other === id) return [];
    return [
      finding(CLUSTER, "controller", `the cluster has a ${type} controller, '${other}'`, {
        severity: "warning",
        why: `it adds to frr.conf, perhaps under another AS number than ${config.fabric.asn}; what becomes of the block beside it is not known`,
        remedy: "Remove it, unless you are sure of it",
      }),
    ];
  });
}

/** Ids and VNIs that belong to somebody else, as far as that can be told: by another zone. */
export function checkIds({ plan, config }: Wanted, cluster: ClusterObservation): Finding[] {
  const { zone } = plan;
  const zones = there(cluster, "zone");
  const foreignZones = zones.filter(({ id }) => id !== zone.id);
  const foreignVnets = there(cluster, "vnet").filter(({ options }) => options.zone !== zone.id);
  const taken = (what: string, where: string, why?: string) =>
    finding(CLUSTER, "sdn-ids", what, { where, ...(why ? { why } : {}) });
  const vrfOf = (vni: number) =>
    foreignZones.filter(({ options }) => Number(options["vrf-vxlan"]) === vni);
  const vnetsOf = (vni: number) =>
    foreignVnets.filter(({ options }) => Number(options.tag) === vni);
  const ofVnet = ({ id, options }: FoundObject) => `VNet ${id}'s, of zone ${String(options.zone)}`;
  const silent = "Proxmox VE does not check it, and the two networks would become one";
  return [
    ...zones
      .filter(({ id, options }) => id === zone.id && options.type !== "evpn")
      .map(({ options }) =>
        taken(`zone ${zone.id} is there, of type ${String(options.type)}`, "zone.id"),
      ),
    ...vrfOf(zone.vrfVni).map(({ id }) =>
      taken(`VNI ${zone.vrfVni} is the VRF of zone ${id}`, "zone.vrfVni"),
    ),
    ...vnetsOf(zone.vrfVni).map((vnet) =>
      taken(`VNI ${zone.vrfVni} is ${ofVnet(vnet)}`, "zone.vrfVni", silent),
    ),
    ...plan.vnets.flatMap(({ id, vni }) => {
      const path = `vnets[${config.vnets.findIndex((vnet) => vnet.id === id)}]`;
      return [
        ...foreignVnets
          .filter((vnet) => vnet.id === id)
          .map(({ options }) =>
            taken(`VNet ${id} is there, in zone ${String(options.zone)}`, `${path}.id`),
          ),
        ...vnetsOf(vni)
          .filter((vnet) => vnet.id !== id)
          .map((vnet) => taken(`VNI ${vni} is ${ofVnet(vnet)}`, `${path}.vni`)),
        ...vrfOf(vni).map((other) =>
          taken(`VNI ${vni} is the VRF of zone ${other.id}`, `${path}.vni`, silent),
        ),
      ];
    }),
  ];
}

/**
 * A zone of the right kind that no node carries a block for: most likely not this stack's. Only a
 * warning, because it may have been imported into the stack.
 * @param ourBlocks whether any node carries this stack's block
 */
export function checkAdoption(
  { plan, fresh }: Wanted,
  cluster: ClusterObservation,
  ourBlocks: boolean,
): Finding[] {
  const isThere = there(cluster, "zone").some(
    ({ id, options }) => id === plan.zone.id && options.type === "evpn",
  );
  if (!isThere || ourBlocks || fresh === false) return [];
  return [
    finding(
      CLUSTER,
      "sdn-ids",
      `zone ${plan.zone.id} is there, and no node has this stack's block`,
      {
        severity: "warning",
        where: "zone.id",
        why: "an object that the stack does not know cannot be created again (`already defined`)",
        remedy: "Import it into the stack with `pulumi import`, or remove it and its VNets first",
      },
    ),
  ];
}

/** A removal in the stack's own zone is one of the stack's, also when nothing else tells so. */
function removesOfOurZone({ kind, id, state, options }: FoundObject, zone: string): boolean {
  if (state !== "deleted") return false;
  if (kind === "vnet") return options.zone === zone;
  return kind === "subnet" && id.startsWith(`${zone}-`);
}

/**
 * Pending changes of objects that this stack never had. Those of its own objects are leftovers of an
 * interrupted update, which the next one overwrites; the apply looks at their options once more.
 */
export function checkPending(
  { plan, config, known = new Set() }: Wanted,
  { sdn }: ClusterObservation,
): Finding[] {
  const ours = new Set([...known, ...sdnObjectsOf(plan).map(keyOf)]);
  const foreign = sdn.filter(
    (object) =>
      object.state !== undefined &&
      !ours.has(keyOf(object)) &&
      !removesOfOurZone(object, plan.zone.id),
  );
  if (foreign.length === 0) return [];
  const include = config.apply.foreignPending === "include";
  return [
    finding(CLUSTER, "pending", foreign.map(pendingText).join(", "), {
      where: "apply.foreignPending",
      ...(include ? { severity: "warning" } : {}),
    }),
  ];
}

export function checkLock({ locked }: ClusterObservation): Finding[] {
  return locked ? [finding(CLUSTER, "sdn-lock", "Proxmox VE's SDN lock is held")] : [];
}

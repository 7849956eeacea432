import type { NodeInput, PveBoolean, PveVersion, RunningConfig } from "../../pve-model/types";
import { generateNodeFiles } from "../../pve-model/generate";
import type { JsonObject, Preview, PreviewedResource } from "./document";
import { isObject, listOf, textOf } from "./document";

export const TYPES = {
  block: "command:remote:Command",
  controller: "pulumi-nodejs:dynamic/evpn:Controller",
  zone: "proxmoxve:sdn/zone/evpn:Evpn",
  vnet: "proxmoxve:sdn/vnet:Vnet",
  subnet: "proxmoxve:sdn/subnet:Subnet",
  apply: "pulumi-nodejs:dynamic/evpn:SdnApply",
  health: "pulumi-nodejs:dynamic/evpn:FabricHealth",
  operator: "pulumi-nodejs:dynamic/evpn:OperatorFrr",
} as const;

type Side = "old" | "new";

/** One node as the preview shows it, before or after. */
export interface NodeView {
  /** Text of its block in frr.conf.local; "" when it has none. */
  block: string;
  /** Its tunnel address; undefined where the preview does not tell. */
  vtep?: string;
}

export const ofType = (preview: Preview, type: string): PreviewedResource[] =>
  preview.resources.filter((resource) => resource.type === type);

/** Inputs on one side, of all resources of a type that exist there. */
function inputsOf(preview: Preview, type: string, side: Side): JsonObject[] {
  return ofType(preview, type).flatMap((resource) => {
    const inputs = side === "new" && resource.change === "delete" ? undefined : resource[side];
    return inputs === undefined ? [] : [inputs];
  });
}

/** A node's name, wherever it stands alone or with how it is reached. */
export function nodeNameOf(value: unknown): string | undefined {
  if (!isObject(value)) return textOf(value);
  const endpoint = isObject(value.endpoint) ? value.endpoint : value;
  return textOf(endpoint.name);
}

/** Nodes that the health check looks at, with the address that its tunnels start from. */
function expected(preview: Preview, side: Side): Map<string, string | undefined> {
  const [health] = inputsOf(preview, TYPES.health, side);
  const intent = isObject(health?.intent) ? health.intent : {};
  return new Map(
    listOf(intent.nodes).flatMap((each) =>
      isObject(each) ? [[textOf(each.name) ?? "", textOf(each.vtep)] as const] : [],
    ),
  );
}

const isBlock = (resource: PreviewedResource) =>
  [resource.old, resource.new].some((inputs) => textOf(inputs?.stdin)?.includes("! BEGIN "));

/** Names of all nodes that any resource names. */
function nodeNames(preview: Preview): string[] {
  const both = (type: string) =>
    (["old", "new"] as const).flatMap((side) => inputsOf(preview, type, side));
  const lists = [
    ...both(TYPES.apply).map(({ nodes }) => nodes),
    ...both(TYPES.zone).flatMap(({ nodes, exitNodes }) => [nodes, exitNodes]),
  ];
  const names = lists.flatMap((list) => listOf(list).flatMap((each) => nodeNameOf(each) ?? []));
  const looked = [...expected(preview, "old").keys(), ...expected(preview, "new").keys()];
  return [...new Set([...looked, ...names])].filter((name) => name !== "");
}

/** `lab-pve01-frr-conf-local` is pve01's, when the fabric's nodes are known. */
function nodeOf({ name }: PreviewedResource, nodes: readonly string[]): string {
  const stem = name.replace(/-frr-conf(-local)?$/, "");
  const known = nodes.filter((node) => stem === node || stem.endsWith(`-${node}`));
  return known.sort((a, b) => b.length - a.length)[0] ?? stem;
}

/** Blocks in the operator's own frr.conf, by node. */
function operatorBlocks(preview: Preview, side: Side): Map<string, string> {
  const nodes = inputsOf(preview, TYPES.operator, side).flatMap((inputs) => listOf(inputs.nodes));
  return new Map(
    nodes.flatMap((node) => {
      const block = isObject(node) && isObject(node.block) ? textOf(node.block.text) : undefined;
      return block === undefined ? [] : [[nodeNameOf(node) ?? "", block] as const];
    }),
  );
}

/** Every node that the preview speaks of, by name, with its two sides. */
export function nodesOf(preview: Preview): Map<string, Record<Side, NodeView>> {
  const vteps = { old: expected(preview, "old"), new: expected(preview, "new") };
  const names = nodeNames(preview);
  const operators = {
    old: operatorBlocks(preview, "old"),
    new: operatorBlocks(preview, "new"),
  };
  const nodes = new Map<string, Record<Side, NodeView>>(
    names.map((name) => [
      name,
      {
        old: { block: operators.old.get(name) ?? "", vtep: vteps.old.get(name) },
        new: { block: operators.new.get(name) ?? "", vtep: vteps.new.get(name) },
      },
    ]),
  );
  for (const resource of ofType(preview, TYPES.block).filter(isBlock)) {
    const name = nodeOf(resource, names);
    const node = nodes.get(name) ?? { old: { block: "" }, new: { block: "" } };
    node.old.block = textOf(resource.old?.stdin) ?? "";
    node.new.block =
      resource.change === "delete" ? "" : (textOf(resource.new?.stdin) ?? node.new.block);
    nodes.set(name, node);
  }
  return nodes;
}

const flag = (value: unknown): PveBoolean => (value === true ? 1 : 0);
const joined = (value: unknown) => {
  const items = listOf(value).map(String);
  return items.length > 0 ? items.join(",") : undefined;
};
const number = (value: unknown) => (typeof value === "number" ? value : undefined);

/** The running config of Proxmox VE that the previewed objects come to; undefined without a controller. */
function runningConfig(preview: Preview, side: Side): RunningConfig | undefined {
  const [controller] = inputsOf(preview, TYPES.controller, side);
  const [zone] = inputsOf(preview, TYPES.zone, side);
  if (controller === undefined) return undefined;
  const controllerId = textOf(controller.controllerId) ?? "frr";
  // Ids that come from another resource's output are unknown in a preview; there is one zone.
  const zoneId = textOf(zone?.resourceId) ?? "zone";
  const vnets = inputsOf(preview, TYPES.vnet, side).map((vnet) => [
    textOf(vnet.resourceId) ?? "",
    { type: "vnet", zone: zoneId, tag: number(vnet.tag), alias: textOf(vnet.alias) },
  ]);
  const subnets = inputsOf(preview, TYPES.subnet, side).map((subnet) => [
    `${zoneId}-${(textOf(subnet.cidr) ?? "").replace("/", "-")}`,
    {
      type: "subnet",
      vnet: textOf(subnet.vnet),
      gateway: textOf(subnet.gateway),
      snat: flag(subnet.snat),
    },
  ]);
  const zones =
    zone === undefined
      ? {}
      : {
          [zoneId]: {
            type: "evpn",
            controller: controllerId,
            "vrf-vxlan": number(zone.vrfVxlan),
            mtu: number(zone.mtu),
            nodes: joined(zone.nodes),
            exitnodes: joined(zone.exitNodes),
            "exitnodes-primary": textOf(zone.primaryExitNode),
            "exitnodes-local-routing": flag(zone.exitNodesLocalRouting),
            "advertise-subnets": flag(zone.advertiseSubnets),
            "disable-arp-nd-suppression": flag(zone.disableArpNdSuppression),
            "rt-import": textOf(zone.rtImport),
          },
        };
  return {
    controllers: {
      ids: {
        [controllerId]: {
          type: "evpn",
          asn: number(controller.asn),
          peers: joined(controller.peers) ?? "",
        },
      },
    },
    zones: { ids: zones },
    vnets: { ids: Object.fromEntries(vnets) },
    subnets: { ids: Object.fromEntries(subnets) },
  };
}

/** A file's text, or why it cannot be told. */
export type Told = { text: string } | { why: string };

/**
 * A node's frr.conf as Proxmox VE would write it: its own lines with the block merged in. Computed from
 * the previewed inputs alone, for a node that is as the plan wants it (its VTEP on the loopback).
 * @returns the text; "" where there is no controller on that side
 */
export function mergedFrrConf(
  preview: Preview,
  side: Side,
  node: string,
  view: NodeView,
  version: PveVersion,
): Told {
  const running = runningConfig(preview, side);
  if (running === undefined) {
    // Without --show-sames a preview is silent about what stays, so the other side may have one.
    const complete = ofType(preview, TYPES.controller).length > 0;
    return complete ? { text: "" } : { why: "run the preview with `--show-sames`" };
  }
  const vtep = view.vtep ?? /neighbor VTEP update-source (\S+)/.exec(view.block)?.[1];
  if (vtep === undefined) return { why: "the preview does not tell the node's VTEP" };
  const length = vtep.includes(":") ? "inet6 static" : "inet static";
  const input: NodeInput = {
    node,
    runningConfig: running,
    interfaces: `auto vtep\niface vtep ${length}\n\taddress ${vtep}/${vtep.includes(":") ? 128 : 32}\n`,
    frrConfLocal: view.block === "" ? null : view.block,
    routes: Object.fromEntries(
      listOf(inputsOf(preview, TYPES.controller, side)[0]?.peers).map((peer) => [
        String(peer),
        `${vtep},vtep`,
      ]),
    ),
  };
  const { frrConf, frrError } = generateNodeFiles(version, input);
  return frrConf === null
    ? { why: `Proxmox VE ${version} writes none: ${frrError ?? "no controller"}` }
    : { text: frrConf };
}

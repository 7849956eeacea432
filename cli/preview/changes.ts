import type { Json, JsonObject, Preview, PreviewedResource } from "./document";
import { isObject, listOf, textOf } from "./document";
import { nodeNameOf, ofType, TYPES } from "./fabric";

/** Never shown, whatever stands in them. */
const SECRET = /token|password|passphrase|secret|private|connection|credential|^__/i;

/** Types whose inputs are plain objects of Proxmox VE: their values may be shown. */
const SHOWN: Record<string, string> = {
  [TYPES.controller]: "controller",
  [TYPES.zone]: "zone",
  [TYPES.vnet]: "VNet",
  [TYPES.subnet]: "subnet",
};
const OTHERS: Record<string, string> = {
  [TYPES.block]: "FRR block",
  [TYPES.apply]: "apply",
  [TYPES.health]: "health check",
};

/** A type in the field's words, else the last part of its token. */
export const kindOf = ({ type }: PreviewedResource) =>
  SHOWN[type] ?? OTHERS[type] ?? (type.split(":").at(-1) || type);

function short(value: Json | undefined): string {
  if (value === undefined || value === null) return "none";
  if (Array.isArray(value)) return value.map(short).join(",") || "none";
  if (isObject(value)) return "…";
  // How Pulumi writes a value that a preview does not know yet.
  return String(value).replace(/^04da6b54-80e4-46f7-96ec-b56ff0331ba9$/, "known later");
}

/** Names of the inputs that change; for objects of Proxmox VE with their values. */
export function detailsOf(resource: PreviewedResource): string[] {
  const { type, change, old = {}, new: fresh = {} } = resource;
  if (change === "same" || change === "delete") return [];
  const names = change === "create" ? Object.keys(fresh) : changedNames(resource);
  const visible = names.filter((name) => !SECRET.test(name)).sort();
  if (!(type in SHOWN)) return change === "create" ? [] : visible;
  return visible.map((name) =>
    change === "create"
      ? `${name}: ${short(fresh[name])}`
      : `${name}: ${short(old[name])} → ${short(fresh[name])}`,
  );
}

function changedNames({ old = {}, new: fresh = {}, paths }: PreviewedResource): string[] {
  const told = paths.map((path) => path.split(/[.[]/)[0] ?? path);
  const differs = (name: string) => JSON.stringify(old[name]) !== JSON.stringify(fresh[name]);
  const seen = [...Object.keys(old), ...Object.keys(fresh)].filter(differs);
  return [...new Set([...told, ...seen])];
}

export const changed = (preview: Preview) =>
  preview.resources.filter(
    ({ change, type }) =>
      change !== "same" && !/^(pulumi:(pulumi|providers)|proxmox-evpn:index):/.test(type),
  );

/** Whether an apply of the SDN configuration follows, and what it touches. */
export interface ApplyView {
  /** 0, 1, or 2 when objects are removed as well: their removal is applied after all else. */
  applies: number;
  nodes: string[];
  /** VNets that are made, changed or removed, or whose subnets are; all of them with the zone. */
  vnets: string[];
}

const vnetIdOf = ({ old, new: fresh }: PreviewedResource) =>
  textOf(fresh?.resourceId) ?? textOf(old?.resourceId) ?? "";

/** A subnet's VNet; a new VNet's id is not known yet, and then the name tells: `lab-zone-vnet104-…`. */
function vnetOfSubnet(subnet: PreviewedResource, known: string[]): string[] {
  const id = textOf(subnet.new?.vnet) ?? textOf(subnet.old?.vnet) ?? "";
  if (known.includes(id)) return [id];
  return known.filter((vnet) => subnet.name.includes(`-${vnet}-`)).slice(0, 1);
}

export function applyOf(preview: Preview): ApplyView {
  const steps = ofType(preview, TYPES.apply);
  const [settle] = steps.filter(({ name }) => name.endsWith("-settle"));
  const applying = steps.filter(
    ({ name, change }) => !name.endsWith("-settle") && change !== "same" && change !== "delete",
  );
  // Settle applies what is pending when it goes: objects that were removed after everything else.
  const removes = ([TYPES.controller, TYPES.zone, TYPES.vnet, TYPES.subnet] as string[]).some(
    (type) => ofType(preview, type).some(({ change }) => change === "delete"),
  );
  const removing = settle !== undefined && settle.change !== "same" && removes;
  const source: JsonObject = applying[0]?.new ?? settle?.old ?? {};
  const vnets = ofType(preview, TYPES.vnet);
  const all = vnets.map(vnetIdOf);
  const touches = (type: string) => ofType(preview, type).some(({ change }) => change !== "same");
  const touched =
    touches(TYPES.zone) || touches(TYPES.controller)
      ? all
      : [
          ...vnets.filter(({ change }) => change !== "same").map(vnetIdOf),
          ...ofType(preview, TYPES.subnet)
            .filter(({ change }) => change !== "same")
            .flatMap((subnet) => vnetOfSubnet(subnet, all)),
        ];
  return {
    applies: applying.length + (removing ? 1 : 0),
    nodes: listOf(source.nodes).flatMap((node) => nodeNameOf(node) ?? []),
    vnets: [...new Set(touched)].sort(),
  };
}

/** A machine of a consumer's preview that would be made anew or removed. */
export interface LostMachine {
  name: string;
  vmId: string;
  node: string;
  change: "replace" | "delete";
  /** `vmbr0 tag 101` → `vnet101`, of its first interface. */
  from: string;
  to: string;
}

function attachment(inputs: JsonObject | undefined): string {
  const [first] = listOf(inputs?.networkDevices);
  const network = isObject(inputs?.network) ? inputs.network.net0 : undefined;
  const nic = isObject(first) ? first : isObject(network) ? network : {};
  const tag = nic.vlanId ?? nic.tag;
  return `${textOf(nic.bridge) ?? "?"}${tag ? ` tag ${String(tag)}` : ""}`;
}

export function lostMachines(preview: Preview): LostMachine[] {
  return preview.resources.flatMap((resource) => {
    const { type, change, old, new: fresh, name } = resource;
    if (!/^proxmoxve:(index\/vm|cloned\/vm|index\/container)/.test(type)) return [];
    if (change !== "replace" && change !== "delete") return [];
    const id = old?.vmId ?? old?.resourceId;
    return [
      {
        name,
        change,
        vmId: id === undefined || id === null ? "?" : String(id),
        node: textOf(old?.nodeName) ?? "?",
        from: attachment(old),
        to: change === "delete" ? "" : attachment(fresh),
      },
    ];
  });
}

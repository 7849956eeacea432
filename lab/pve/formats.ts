import * as net from "node:net";

/** A format's check: undefined when the value has the form, else what PVE says of it. */
type Check = (value: string, warn: (line: string) => void) => string | undefined;

const matches =
  (pattern: RegExp, message: string): Check =>
  (value) =>
    pattern.test(value) ? undefined : message;

const isAddress = (value: string) => net.isIP(value) !== 0 && !value.includes("%");

const address: Check = (value) =>
  isAddress(value) ? undefined : "value does not look like a valid IP address";

const nodeName = matches(
  /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)$/,
  "value does not look like a valid node name",
);

const objectId =
  (kind: string, pattern: RegExp, longest: number): Check =>
  (value) => {
    if (!pattern.test(value)) return `${kind} ID '${value}' contains illegal characters`;
    if (value.length > longest) {
      return `${kind} ID '${value}' can't be more length than ${longest} characters`;
    }
    return undefined;
  };

const network = "value does not look like a valid CIDR network";

function isNetwork(ip: string, mask: number): boolean {
  const bits = net.isIP(ip) === 4 ? 32 : 128;
  return isAddress(ip) && mask >= 8 && mask <= bits;
}

/** A CIDR, or an id ZONE-NETWORK-MASK. Host bits and unusual spellings pass, as in PVE. */
const subnetId: Check = (value, warn) => {
  const parts = /^(?:[^/-]+-)?([^/-]+)[/-](\d+)$/.exec(value);
  if (parts) return isNetwork(parts[1] ?? "", Number(parts[2])) ? undefined : network;
  // PVE's own Perl warnings: it joins two parts that it did not find.
  warn("Use of uninitialized value $ip in concatenation (.) or string at  line 43.");
  warn("Use of uninitialized value $mask in concatenation (.) or string at  line 43.");
  return network;
};

// The group bit of the first octet marks multicast.
const unicastMac = matches(
  /^[0-9a-f][02468ace](?::[0-9a-f]{2}){5}$/i,
  "value does not look like a valid unicast MAC address",
);

const routeTarget: Check = (value) => {
  const parts = /^(\d+):(\d+)$/.exec(value);
  const fits = parts && Number(parts[1]) <= 4294967295 && Number(parts[2]) <= 4294967295;
  return fits ? undefined : "value does not look like a valid bgp route-target";
};

const dhcpRange: Check = (value) => {
  const parts = new Map(value.split(",").map((part) => part.split("=", 2) as [string, string]));
  const fits = ["start-address", "end-address"].every((key) => isAddress(parts.get(key) ?? ""));
  return fits && parts.size === 2 ? undefined : "value does not look like a valid DHCP range";
};

const checks: Record<string, Check> = {
  ip: address,
  "pve-node": nodeName,
  "mac-addr": unicastMac,
  "pve-sdn-bgp-rt": routeTarget,
  "pve-configid": matches(/^[a-z][a-z0-9_-]+$/i, "invalid configuration ID"),
  "pve-sdn-controller-id": objectId("controller", /^[a-z][a-z0-9_-]*[a-z0-9]$/i, 64),
  "pve-sdn-zone-id": objectId("zone", /^[a-z][a-z0-9]*[a-z0-9]$/i, 8),
  "pve-sdn-vnet-id": objectId("vnet", /^[a-z][a-z0-9]*[a-z0-9]$/i, 8),
  "pve-sdn-fabric-id": objectId("fabric", /^[a-z][a-z0-9-]*[a-z0-9]$/i, 8),
  "pve-sdn-subnet-id": subnetId,
  "pve-sdn-dhcp-range": dhcpRange,
  "dns-name": matches(
    /^(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?\.)*[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?$/,
    "value does not look like a valid DNS name",
  ),
  "pve-iface": matches(
    /^[a-z][a-z0-9_]{1,20}([:.]\d+)?$/i,
    "value does not look like a valid network interface name",
  ),
  "pve-sdn-isis-net": matches(
    /^[a-f0-9]{2}(\.[a-f0-9]{4}){3,9}\.[a-f0-9]{2}$/i,
    "value does not look like a valid isis net",
  ),
};

/** Splits a list as PVE does: commas, semicolons, blanks and NULs separate. */
export function splitList(value: string): string[] {
  return value.split(/[,;\s\0]+/).filter((item) => item !== "");
}

/**
 * Checks `value` against a format of PVE's schemas; `NAME-list` checks every item of a list.
 * @returns what PVE says of a value that lacks the form, else undefined. Unknown formats pass.
 */
export function formatError(
  format: string,
  value: string,
  warn: (line: string) => void,
): string | undefined {
  const item = format.endsWith("-list") ? format.slice(0, -"-list".length) : undefined;
  const check = checks[item ?? format];
  if (!check) return undefined;
  for (const one of item === undefined ? [value] : splitList(value)) {
    const wrong = check(one, warn);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

import * as ipaddr from "ipaddr.js";

export type Family = "ipv4" | "ipv6";

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** A network as PVE keeps it: canonical text (RFC 5952), prefix length in bits. */
export interface Network {
  address: string;
  prefix: number;
  family: Family;
}

/** Canonical text of an address: dotted quad, or RFC 5952 for IPv6. */
function text(address: Address): string {
  return address.kind() === "ipv4"
    ? address.toString()
    : (address as ipaddr.IPv6).toRFC5952String();
}

export function familyOf(address: string): Family {
  return address.includes(":") ? "ipv6" : "ipv4";
}

/**
 * The IPv4 address that an IPv6 one holds (RFC 4291 §2.5.5.2), however it is written; any other text as
 * it is.
 * @example unmapped("::ffff:aff:1") === "10.255.0.1"
 */
export function unmapped(address: string): string {
  if (!ipaddr.IPv6.isValid(address)) return address;
  const parsed = ipaddr.IPv6.parse(address);
  return parsed.isIPv4MappedAddress() ? parsed.toIPv4Address().toString() : address;
}

/** Bits of a host prefix: 32 or 128. */
export function hostPrefix(address: string): number {
  return familyOf(address) === "ipv4" ? 32 : 128;
}

function parse(cidr: string): { address: Address; network: Address; prefix: number } {
  const [address, prefix] = ipaddr.parseCIDR(cidr);
  const kind = address.kind() === "ipv4" ? ipaddr.IPv4 : ipaddr.IPv6;
  return { address, network: kind.networkAddressFromCIDR(cidr), prefix };
}

/**
 * The canonical form of a CIDR: host bits cleared, RFC 5952. PVE does not canonicalise, so
 * `fd00:0100::/64` beside `fd00:100::/64` would make a second object of the same network.
 * @example canonicalCidr("FD00:100:0::1/64") === "fd00:100::/64"
 */
export function canonicalCidr(cidr: string): string {
  const { network, prefix } = parse(cidr);
  return `${text(network)}/${prefix}`;
}

export function network(cidr: string): Network {
  const { network: address, prefix } = parse(cidr);
  return { address: text(address), prefix, family: address.kind() };
}

/** Whether an address lies in a network. Different families never match. */
export function contains(cidr: string, address: string): boolean {
  const parsed = ipaddr.parse(address);
  const { network: base, prefix } = parse(cidr);
  return parsed.kind() === base.kind() && parsed.match(base as never, prefix);
}

/** Two networks of one family overlap exactly when one holds the other's network address. */
export function overlaps(a: string, b: string): boolean {
  return contains(a, network(b).address) || contains(b, network(a).address);
}

/**
 * Whether an address may be a gateway in its network: not the network address, and in IPv4 not the
 * broadcast address (RFC 4291's subnet-router anycast address is the all-zeros host in IPv6).
 * Host networks and point-to-point networks (/31, RFC 3021; /127, RFC 6164) have no such addresses.
 */
export function isUsableHost(cidr: string, address: string): boolean {
  const { prefix, family, address: base } = network(cidr);
  const bits = family === "ipv4" ? 32 : 128;
  if (bits - prefix <= 1) return true;
  if (address === base) return false;
  return family === "ipv6" || address !== ipaddr.IPv4.broadcastAddressFromCIDR(cidr).toString();
}

/**
 * Bytes that VXLAN adds to a guest's packet: outer IP (20 or 40) + UDP 8 + VXLAN 8 + inner Ethernet 14
 * (RFC 7348 §5).
 */
export function vxlanOverhead(family: Family): number {
  return family === "ipv4" ? 50 : 70;
}

/**
 * The automatic route target of a VRF or VNet. FRR keeps two bytes for the AS number, so a 4-byte
 * ASN is truncated: 4200001000 and VNI 4096 give `60904:4096`.
 */
export function autoRouteTarget(asn: number, vni: number): string {
  return `${asn % 0x10000}:${vni}`;
}

/** PVE's id of a subnet object: `evpnz1-fd00:100::-64`. */
export function subnetId(zone: string, cidr: string): string {
  const { address, prefix } = network(cidr);
  return `${zone}-${address}-${prefix}`;
}

import * as ipaddr from "ipaddr.js";

/**
 * What is wrong with an address or a network as a person writes it. Stricter than the kernel: forms
 * that two programs read differently (leading zeros, embedded IPv4, zone indexes) are refused.
 */

/** A plain IPv4 address in dotted-quad form, without leading zeros or a prefix length. */
export function isIpv4(value: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(value) && !/(^|\.)0\d/.test(value);
}

/** A plain IPv6 address, without a zone index, a prefix length or an embedded IPv4 address. */
export function isIpv6(value: string): boolean {
  return value.includes(":") && !/[%./]/.test(value) && ipaddr.IPv6.isValid(value);
}

/** The one spelling: IPv4 as it is (leading zeros are refused), IPv6 by RFC 5952. */
export function canonicalAddress(value: string): string {
  return isIpv4(value) ? value : ipaddr.IPv6.parse(value).toRFC5952String();
}

/** Ranges (ipaddr.js's names) that no node or gateway can have, and what they are. */
const NOT_A_HOST: Record<string, string> = {
  unspecified: "the unspecified address",
  broadcast: "the broadcast address",
  multicast: "a multicast address",
  linkLocal: "a link-local address, which means another machine on every link",
  loopback: "the machine's own loopback address, which others cannot reach",
  ipv4Mapped: "an IPv4 address written as IPv6: write it as IPv4",
};

/** Why text is no IP address at all; undefined when it is one. */
function malformed(value: string): string | undefined {
  if (isIpv4(value) || isIpv6(value)) return undefined;
  if (value !== value.trim()) return "has blanks around it";
  if (value.includes("/")) return "has a prefix length, but an address is wanted";
  if (value.includes("%"))
    return "has a zone index (%…), which means something on one machine only";
  if (value.includes(":") && value.includes("."))
    return "has an IPv4 address or a port in it: write the one address alone";
  if (/(^|\.)0\d/.test(value)) return "has leading zeros, which some programs read as octal";
  return "is not an IP address";
}

/**
 * Why text is no address of a host; undefined when it is one.
 * @param families what is accepted: `ipv4`, `ipv6` or both
 */
export function addressProblem(
  value: string,
  families: readonly ("ipv4" | "ipv6")[],
): string | undefined {
  const problem = malformed(value);
  if (problem) return problem;
  const family = isIpv4(value) ? "ipv4" : "ipv6";
  const kind = NOT_A_HOST[ipaddr.parse(value).range()];
  if (kind) return `is ${kind}`;
  if (families.includes(family)) return undefined;
  return `is an ${family === "ipv4" ? "IPv4" : "IPv6"} address, but the other family is wanted`;
}

/** Why text is no network that guests can live in; undefined when it is one. Host bits are not judged. */
export function cidrProblem(value: string): string | undefined {
  const [network = "", prefix, ...rest] = value.split("/");
  if (prefix === undefined) return "has no prefix length";
  if (rest.length > 0) return "has more than one prefix length";
  const problem = malformed(network);
  if (problem)
    return problem === "is not an IP address" ? "does not begin with an address" : problem;
  const bits = isIpv4(network) ? 32 : 128;
  if (!/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > bits)
    return `has a prefix length that is not a number from 1 to ${bits}`;
  if (Number(prefix) === 0) return "is the default route, which holds every network";
  const kind = NOT_A_HOST[ipaddr.parse(network).range()];
  return kind ? `begins with ${kind}` : undefined;
}

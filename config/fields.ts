import * as ipaddr from "ipaddr.js";
import { z } from "zod";
import {
  ALIAS_MAX_LENGTH,
  ALIAS_PATTERN,
  ASN_MAX,
  CONTROLLER_ID_PATTERN,
  NODE_NAME_PATTERN,
  ROUTE_TARGET_PATTERN,
  VNI_MAX,
  ZONE_ID_PATTERN,
} from "../pve-model/limits";

/**
 * Scalar fields of the config. Each message says what is wanted, because it is shown behind the
 * config path and the value. Limits of Proxmox VE come from pve-model/limits.ts.
 */

const text = (wanted: string) => z.string({ error: `must be text: ${wanted}` });

function whole(min: number, max: number, what: string) {
  const error = `must be a whole number from ${min} to ${max} (${what})`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
}

/** A plain IPv4 address in dotted-quad form, without leading zeros or a prefix length. */
export function isIpv4(value: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(value) && !/(^|\.)0\d/.test(value);
}

/** A plain IPv6 address, without a zone index, a prefix length or an embedded IPv4 address. */
export function isIpv6(value: string): boolean {
  return value.includes(":") && !/[%./]/.test(value) && ipaddr.IPv6.isValid(value);
}

const canonical6 = (value: string) => ipaddr.IPv6.parse(value).toRFC5952String();

const CIDR_FORM = "a network such as fd00:101::/64 or 10.101.0.0/24";

function isCidr(value: string): boolean {
  const [network = "", prefix = "", ...rest] = value.split("/");
  if (rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(prefix)) return false;
  if (isIpv4(network)) return Number(prefix) <= 32;
  return isIpv6(network) && Number(prefix) <= 128;
}

export const ipv4 = text("an IPv4 address").refine(isIpv4, {
  error: "is not an IPv4 address such as 10.255.0.1 (no prefix length)",
});

export const ipv6 = text("an IPv6 address")
  .refine(isIpv6, { error: "is not an IPv6 address such as fd00:255::1 (no prefix length)" })
  .transform(canonical6);

export const ip = text("an IP address")
  .refine((value) => isIpv4(value) || isIpv6(value), {
    error: "is not an IP address such as 10.255.0.1 or fd00:255::1 (no prefix length)",
  })
  .transform((value) => (isIpv4(value) ? value : canonical6(value)));

/** Kept as written: Proxmox VE keeps it so too, and plan/invariants.ts asks for the canonical form. */
export const cidr = text(CIDR_FORM).refine(isCidr, { error: `is not ${CIDR_FORM}` });

export const asn = whole(1, ASN_MAX, "a 4-byte autonomous system number, RFC 6793");
export const vni = whole(1, VNI_MAX, "a 24-bit VXLAN network identifier, RFC 7348");
export const port = whole(1, 65535, "a TCP port");
/** Bytes. 576 is IPv4's own floor; 65520 is the largest MTU of a Linux interface that matters. */
export const mtu = whole(576, 65520, "an MTU in bytes");
export const seconds = whole(1, 86400, "seconds");

export const nodeName = text("the node's name in the cluster").regex(NODE_NAME_PATTERN, {
  error: "is not a node name: letters, digits and inner hyphens, as `pvecm nodes` lists it",
});

export const controllerId = text("an id").regex(CONTROLLER_ID_PATTERN, {
  error:
    "is not a controller id: 2 to 64 letters, digits, _ and -, a letter first, a letter or digit last",
});

export const sdnId = text("an id").regex(ZONE_ID_PATTERN, {
  error: "is not a zone or VNet id: 2 to 8 letters and digits, a letter first",
});

export const alias = text("a description")
  .max(ALIAS_MAX_LENGTH, { error: "is too long: Proxmox VE keeps at most 256 characters" })
  .regex(ALIAS_PATTERN, {
    error:
      "has a character that Proxmox VE stores and then loses: use ASCII letters, digits, space and ()-_.",
  });

export const routeTarget = text("a route target").regex(ROUTE_TARGET_PATTERN, {
  error: "is not a route target of the form NUMBER:NUMBER, such as 65000:1",
});

/** Linux's IFNAMSIZ leaves 15 characters; `/` and blanks are refused by the kernel. */
export const interfaceName = text("an interface's name").regex(
  /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,14}$/,
  {
    error: "is not an interface name: at most 15 letters, digits and _ . : -",
  },
);

export const hostKey = text("a host key").regex(
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+={0,2}( .*)?$/,
  { error: "is not a host key in the form of authorized_keys, such as: ssh-ed25519 AAAA…" },
);

export const key = text("a name that never changes").regex(/^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}$/, {
  error: "is not a key: at most 64 letters, digits and _ . : / -",
});

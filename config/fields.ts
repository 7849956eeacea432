import { z } from "zod";
import {
  ALIAS_MAX_LENGTH,
  ALIAS_PATTERN,
  ASN_MAX,
  ASN_MIN,
  CONTROLLER_ID_PATTERN,
  NODE_NAME_PATTERN,
  ROUTE_TARGET_PATTERN,
  VNI_MAX,
  VNI_MIN,
  ZONE_ID_PATTERN,
} from "../pve-model/limits";
import { addressProblem, canonicalAddress, cidrProblem, isIpv4, isIpv6 } from "./addresses";

/**
 * Scalar fields of the config. Each says once what it takes: `form` stands in the messages and in
 * docs/config.md. Limits of Proxmox VE come from pve-model/limits.ts.
 */

function whole(min: number, max: number, what: string) {
  const error = `must be a whole number from ${min} to ${max} (${what})`;
  return z
    .number({ error })
    .int({ error })
    .min(min, { error })
    .max(max, { error })
    .meta({ form: what });
}

/** Text that a rule judges: `problem` gives the reason against a value, or undefined. */
function judged(form: string, problem: (value: string) => string | undefined) {
  return z
    .string({ error: `must be text: ${form}` })
    .check((context) => {
      const reason = problem(context.value);
      if (reason === undefined) return;
      const message = `${reason}; wanted is ${form}`;
      context.issues.push({ code: "custom", message, input: context.value });
    })
    .meta({ form });
}

function matching(pattern: RegExp, what: string, form: string) {
  return judged(`${what}: ${form}`, (value) =>
    pattern.test(value) ? undefined : `is not ${what}`,
  ).meta({ form });
}

/** Text that may hold a secret by mistake; such a value is not shown. */
function withoutSecret(
  form: string,
  holdsSecret: (value: string) => boolean,
  problem: (value: string) => string | undefined,
  mistake: string,
) {
  return z
    .string({ error: `must be text: ${form}` })
    .check((context) => {
      const hidden = holdsSecret(context.value);
      const reason = hidden ? mistake : problem(context.value);
      if (reason === undefined) return;
      const message = `${reason}; wanted is ${form}`;
      context.issues.push({ code: "custom", message, input: context.value, params: { hidden } });
    })
    .meta({ form });
}

const address = (form: string, families: readonly ("ipv4" | "ipv6")[]) =>
  judged(form, (value) => addressProblem(value, families))
    .transform(canonicalAddress)
    .meta({ form });

export const ipv4 = address("an IPv4 address such as 10.255.0.1", ["ipv4"]);
export const ipv6 = address("an IPv6 address such as fd00:255::1", ["ipv6"]);
export const ip = address("an IP address such as 10.255.0.1 or fd00:255::1", ["ipv4", "ipv6"]);

/** Kept as written: Proxmox VE keeps it so too, and plan/invariants.ts asks for the canonical form. */
export const cidr = judged("a network such as fd00:101::/64 or 10.101.0.0/24", cidrProblem);

const HOST_NAME =
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i;

/** A name of digits and dots alone is a mistyped address: no host name ends in a number (RFC 3696 §2). */
const isHost = (value: string) =>
  isIpv4(value) || isIpv6(value) || (HOST_NAME.test(value) && !/(^|\.)\d+$/.test(value));

export const host = judged("an address or a host name, without a port", (value) =>
  isHost(value) ? undefined : "is not an address or host name",
);

/** Why text is no base address of the API. The plugin puts its own path behind it. */
function endpointProblem(value: string): string | undefined {
  if (!URL.canParse(value) || !/^https:\/\//i.test(value)) return "is not an https:// address";
  const url = new URL(value);
  if (url.search || url.hash || url.pathname !== "/") return "has more than a host and a port";
  return undefined;
}

export const endpoint = withoutSecret(
  "https://HOST:PORT alone, such as https://pve01.example.net:8006",
  (value) => /^[^/]*\/\/[^/]*@/.test(value),
  endpointProblem,
  "holds a user or a password; the API token is a secret of its own",
);

const holdsPrivateKey = (value: string) => value.includes("PRIVATE KEY");

export const filePath = withoutSecret(
  "a file's path, relative to the project",
  holdsPrivateKey,
  (value) => (value.trim() === "" || /[\r\n\0]/.test(value) ? "is not a path" : undefined),
  "holds the key itself, in clear",
);

export const hostKey = withoutSecret(
  "a public host key in the form of authorized_keys, such as: ssh-ed25519 AAAA…",
  holdsPrivateKey,
  (value) =>
    /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/]+={0,2}( .*)?$/.test(value)
      ? undefined
      : "is not a host key",
  "holds a private key, in clear",
);

export const userName = matching(
  /^[a-z_][a-z0-9_-]{0,31}$/,
  "a user name",
  "at most 32 lower-case letters, digits, _ and -, a letter or _ first",
);

export const asn = whole(ASN_MIN, ASN_MAX, "a 4-byte autonomous system number, RFC 6793");
export const vni = whole(VNI_MIN, VNI_MAX, "a 24-bit VXLAN network identifier, RFC 7348");
export const port = whole(1, 65535, "a TCP port");
/** Bytes. 576 is IPv4's own floor; 65520 is the largest MTU of a Linux interface that matters. */
export const mtu = whole(576, 65520, "an MTU in bytes");
/** The mesh's sessions run over IPv6 link-local addresses, and IPv6 needs 1280 (RFC 8200 §5). */
export const underlayMtu = whole(1280, 65520, "an MTU in bytes; IPv6 needs 1280, RFC 8200");
/** A TTL; 255 is the field's largest value. */
export const hops = whole(1, 255, "hops");
export const seconds = whole(1, 86400, "seconds");
export const flag = z.boolean({ error: "must be true or false" });

export const nodeName = matching(
  NODE_NAME_PATTERN,
  "a node name",
  "letters, digits and inner hyphens, as `pvecm nodes` lists it",
);

export const controllerId = matching(
  CONTROLLER_ID_PATTERN,
  "a controller id",
  "2 to 64 letters, digits, _ and -, a letter first, a letter or digit last",
);

export const sdnId = matching(
  ZONE_ID_PATTERN,
  "a zone or VNet id",
  "2 to 8 letters and digits, a letter first",
);

/** Words that end the section that a line stands in, or open another: the lines below would follow. */
const STRUCTURE =
  /^(exit|exit-vrf|exit-address-family|quit|end|router|vrf|interface|route-map|address-family)( |$)/;

/** FRR reads its configuration line by line; what a `!` does inside one is for plan/ to say. */
export const frrLine = withoutSecret(
  "one FRR statement, such as: bgp bestpath as-path multipath-relax",
  (value) => /\bpassword\b/i.test(value),
  (value) => {
    if (/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value))
      return "is more than one line, or holds a control character";
    if (value.startsWith("!") || value.startsWith("#")) return "is a comment";
    if (STRUCTURE.test(value)) return "opens or closes a section, and would move what follows it";
    return value === value.trim() && value !== "" ? undefined : "is empty, or has blanks around it";
  },
  "holds a password, which would stand in clear in the state, in previews and in frr.conf.local",
);

const ALIAS_FORM = `at most ${ALIAS_MAX_LENGTH} ASCII letters, digits, blanks and ()-_.`;

export const alias = judged(ALIAS_FORM, (value) => {
  if (value.length > ALIAS_MAX_LENGTH) return `has ${value.length} characters`;
  return ALIAS_PATTERN.test(value)
    ? undefined
    : "has a character that Proxmox VE stores and then loses";
});

/** 2-byte AS number with a 4-byte number, or the other way round (RFC 4360 §3, RFC 5668 §2). */
function routeTargetProblem(value: string): string | undefined {
  if (!ROUTE_TARGET_PATTERN.test(value)) return "is not a route target";
  const [administrator = 0, assigned = 0] = value.split(":").map(Number);
  const fits =
    (administrator <= 0xffff && assigned <= 0xffffffff) ||
    (administrator <= 0xffffffff && assigned <= 0xffff);
  return fits ? undefined : "does not fit into the 6 bytes of a route target";
}

export const routeTarget = judged(
  "a route target NUMBER:NUMBER, such as 65000:1",
  routeTargetProblem,
);

/** Linux's IFNAMSIZ leaves 15 characters; `/` and blanks are refused by the kernel. */
export const interfaceName = matching(
  /^[A-Za-z0-9][A-Za-z0-9_.:-]{0,14}$/,
  "an interface name",
  "at most 15 letters, digits and _ . : -",
);

export const key = matching(
  /^[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}$/,
  "a key",
  "at most 64 letters, digits and _ . : / -",
);

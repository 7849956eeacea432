/**
 * Address arithmetic of the contract's own, since this folder imports nothing. An address is a number
 * of 32 or 128 bits.
 */

export type Family = "ipv4" | "ipv6";

export const bitsOf = (family: Family) => (family === "ipv4" ? 32 : 128);

function parseIpv4(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4) return undefined;
  // No leading zeros: some readers take them as octal.
  if (!parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && Number(part) <= 255)) {
    return undefined;
  }
  return parts.reduce((sum, part) => (sum << 8n) | BigInt(part), 0n);
}

const groupsOf = (text: string) => (text === "" ? [] : text.split(":"));

/** RFC 4291 2.2: eight groups, one run of zeros as `::`, the last two groups also as IPv4. */
function parseIpv6(text: string): bigint | undefined {
  const tail = /^(.*:)([^:]*\.[^:]*)$/.exec(text);
  if (tail) {
    const last = parseIpv4(tail[2] ?? "");
    if (last === undefined) return undefined;
    const hex = `${(last >> 16n).toString(16)}:${(last & 0xffffn).toString(16)}`;
    return parseIpv6(`${tail[1]}${hex}`);
  }
  const halves = text.split("::");
  if (halves.length > 2) return undefined;
  const [before, after] = [groupsOf(halves[0] ?? ""), groupsOf(halves[1] ?? "")];
  const missing = 8 - before.length - after.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const groups = [...before, ...Array<string>(missing).fill("0"), ...after];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((sum, group) => (sum << 16n) | BigInt(`0x${group}`), 0n);
}

/** @returns undefined for anything that is not an address of that family */
export function parseAddress(text: string, family: Family): bigint | undefined {
  return family === "ipv4" ? parseIpv4(text) : parseIpv6(text);
}

/** RFC 5952: lower case, no leading zeros, the longest run (two groups or more, the first) as `::`. */
function formatIpv6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, at) =>
    ((value >> BigInt(16 * (7 - at))) & 0xffffn).toString(16),
  );
  let run = { start: 0, length: 0 };
  for (let start = 0; start < 8; start += 1) {
    let length = 0;
    while (groups[start + length] === "0") length += 1;
    if (length > run.length) run = { start, length };
  }
  if (run.length < 2) return groups.join(":");
  const before = groups.slice(0, run.start).join(":");
  return `${before}::${groups.slice(run.start + run.length).join(":")}`;
}

/** The canonical text of an address. */
export function formatAddress(value: bigint, family: Family): string {
  if (family === "ipv6") return formatIpv6(value);
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join(".");
}

export interface Network {
  family: Family;
  /** Length in bits. */
  prefix: number;
  /** The network's own address: host bits are zero. */
  base: bigint;
  /** Number of addresses. */
  size: bigint;
}

/** @returns undefined unless the text is `address/prefix` of that family; host bits are cut off */
export function parseNetwork(cidr: string, family: Family): Network | undefined {
  const [text = "", length = "", ...rest] = cidr.split("/");
  const value = parseAddress(text, family);
  if (value === undefined || rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(length)) {
    return undefined;
  }
  const prefix = Number(length);
  if (prefix > bitsOf(family)) return undefined;
  const size = 1n << BigInt(bitsOf(family) - prefix);
  return { family, prefix, base: value - (value % size), size };
}

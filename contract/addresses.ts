import { bitsOf, Family, formatAddress, Network, parseAddress, parseNetwork } from "./ip";
import { ContractError, networkFor, Networks } from "./reader";
import { ContractSubnet } from "./types";

/** One address of a guest in one subnet. */
export interface GuestAddress {
  /** Canonical, without the prefix length: `fd00:101::15`. */
  address: string;
  /** Length in bits. */
  prefix: number;
  /** As cloud-init and `ip address add` take it: `fd00:101::15/64`. */
  cidr: string;
  gateway: string;
}

/** At most one address of each family, as a guest's interface takes them. */
export type GuestAddresses = Partial<Record<Family, GuestAddress>>;

function numberOf(subnet: ContractSubnet): Network {
  const network = parseNetwork(subnet.cidr, subnet.family);
  if (network) return network;
  throw new ContractError(
    `The fabric's subnet '${subnet.cidr}' is not an ${subnet.family} network.`,
  );
}

/** Why this number cannot be a guest's; undefined when it can. */
function refusal(network: Network, host: bigint, subnet: ContractSubnet): string | undefined {
  const { family, prefix, base, size } = network;
  if (host >= size) return `is outside of it: the last one is ${size - 1n}`;
  if (base + host === parseAddress(subnet.gateway, family)) return "is the gateway";
  // A subnet of one or two addresses has neither: RFC 3021 (/31) and RFC 6164 (/127).
  if (bitsOf(family) - prefix < 2) return undefined;
  if (host === 0n) {
    return family === "ipv4" ? "is the network's own address" : "is the routers' anycast address";
  }
  return family === "ipv4" && host === size - 1n ? "is the broadcast address" : undefined;
}

function addressIn(subnet: ContractSubnet, vnet: string, host: bigint): GuestAddress {
  const network = numberOf(subnet);
  const reason = refusal(network, host, subnet);
  if (reason !== undefined) {
    throw new ContractError(`Host ${host} of ${subnet.cidr} (${vnet}) ${reason}.`);
  }
  const address = formatAddress(network.base + host, subnet.family);
  const { prefix } = network;
  return { address, prefix, cidr: `${address}/${prefix}`, gateway: subnet.gateway };
}

function wholeNumber(host: number | bigint): bigint {
  if (typeof host === "bigint" ? host >= 0n : Number.isSafeInteger(host) && host >= 0) {
    return BigInt(host);
  }
  throw new ContractError(`A host number is a whole number from 0 on, not ${host}.`);
}

/**
 * A guest's addresses in a VNet: the host number counted from each subnet's own address, so that host
 * 21 is `10.101.0.21` in `10.101.0.0/24` and `fd00:101::15` (hexadecimal) in `fd00:101::/64`.
 * @param pick subnets to take; needed where a family has several, or where a number fits one only
 * @throws ContractError for an unknown VNet, two subnets of one family, and a number that is outside
 *   of a subnet, its gateway, its network address (IPv6: RFC 4291 2.6.1) or its IPv4 broadcast address
 */
export function addressFor(
  networks: Networks,
  vnet: string,
  host: number | bigint,
  pick: (subnet: ContractSubnet) => boolean = () => true,
): GuestAddresses {
  const all = networkFor(networks, vnet).subnets;
  const subnets = all.filter(pick);
  if (subnets.length === 0) {
    const known = all.map(({ cidr }) => cidr).join(", ") || "none";
    throw new ContractError(
      `${vnet} has no subnet to take an address from; its subnets: ${known}.`,
    );
  }
  const number = wholeNumber(host);
  const addresses: GuestAddresses = {};
  for (const subnet of subnets) {
    if (addresses[subnet.family]) {
      const rivals = subnets.filter(({ family }) => family === subnet.family);
      throw new ContractError(
        `${vnet} has several ${subnet.family} subnets (${rivals.map(({ cidr }) => cidr).join(", ")}): ` +
          'pick one, e.g. addressFor(networks, "vnet101", 21, ({ cidr }) => cidr === "…").',
      );
    }
    addresses[subnet.family] = addressIn(subnet, vnet, number);
  }
  return addresses;
}

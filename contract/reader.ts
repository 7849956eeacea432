import { CONTRACT_VERSION, ContractNetwork, ContractSubnet, Verified } from "./types";

/** A mistake that the author of a VM program can mend; the message says how. */
export class ContractError extends Error {}

/**
 * What is needed of a stack reference. `pulumi.StackReference` has it; naming its shape here instead
 * of importing it keeps this folder free of dependencies.
 */
export interface StackOutputs {
  getOutputDetails(name: string): Promise<{ value?: unknown; secretValue?: unknown }>;
}

/** A fabric's networks, read from its stack. Plain data: it may decide how many resources there are. */
export interface Networks {
  /** By the VNet's key. */
  networks: Record<string, ContractNetwork>;
  /** The last time that the fabric was seen to carry packets. */
  verified: Verified;
}

/** What a guest's network interface needs to stand in a VNet. */
export interface Nic {
  bridge: string;
  /** Always null: VXLAN separates the networks. */
  vlanTag: null;
  /** Bytes; the interface must not have more. */
  mtu: number;
  /** Nodes on which the bridge exists; a guest elsewhere does not start. */
  nodes: string[];
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === "string" && value !== "";

async function outputOf(stack: StackOutputs, name: string): Promise<unknown> {
  const { value, secretValue } = await stack.getOutputDetails(name);
  return value ?? secretValue;
}

function checkVersion(version: unknown): void {
  if (version === undefined) {
    throw new ContractError(
      "The stack has no output `contractVersion`: it is not a fabric's stack, or the fabric was never " +
        "deployed. Check the stack's name, then run `pulumi up` in the fabric's project.",
    );
  }
  if (version !== CONTRACT_VERSION) {
    throw new ContractError(
      `The fabric's stack speaks contract version ${JSON.stringify(version)}; this reader knows ` +
        `version ${CONTRACT_VERSION}. Take the contract/ folder of the fabric's own commit.`,
    );
  }
}

function verifiedOf(verified: unknown): Verified {
  if (isRecord(verified) && isText(verified.at) && isText(verified.planHash)) {
    return { at: verified.at, planHash: verified.planHash };
  }
  throw new ContractError(
    "The fabric was never seen to carry packets: its stack has no output `verified`. VMs on it would " +
      "start and reach nobody. Run `pulumi up` in the fabric's project until it ends well.",
  );
}

function subnetOf(value: unknown, where: string): ContractSubnet {
  const { cidr, family, gateway, snat } = isRecord(value) ? value : {};
  if (isText(cidr) && (family === "ipv4" || family === "ipv6") && isText(gateway)) {
    return { cidr, family, gateway, snat: snat === true };
  }
  throw new ContractError(
    `${where} of the fabric's stack is not a subnet of contract version ${CONTRACT_VERSION}: ` +
      "it needs cidr, family and gateway.",
  );
}

function networkOf(value: unknown, where: string): ContractNetwork {
  const { bridge, zone, vni, mtu, nodes, subnets } = isRecord(value) ? value : {};
  if (
    isText(bridge) &&
    isText(zone) &&
    typeof vni === "number" &&
    typeof mtu === "number" &&
    Array.isArray(nodes) &&
    nodes.every(isText) &&
    Array.isArray(subnets)
  ) {
    return {
      bridge,
      zone,
      vni,
      vlanTag: null,
      mtu,
      nodes,
      subnets: subnets.map((subnet, at) => subnetOf(subnet, `${where}.subnets[${at}]`)),
    };
  }
  throw new ContractError(
    `${where} of the fabric's stack is not a network of contract version ${CONTRACT_VERSION}: ` +
      "it needs bridge, zone, vni, mtu, nodes and subnets.",
  );
}

/**
 * Reads the contract from a fabric's stack: `await readNetworks(new pulumi.StackReference("…"))`.
 * Fields that this version does not know are ignored, so that an old reader keeps working.
 * @throws ContractError when the stack is no fabric's, speaks another contract version, or its fabric
 *   was never verified
 */
export async function readNetworks(stack: StackOutputs): Promise<Networks> {
  checkVersion(await outputOf(stack, "contractVersion"));
  const networks = await outputOf(stack, "networks");
  if (!isRecord(networks)) {
    throw new ContractError("The fabric's stack has no output `networks`: run `pulumi up` there.");
  }
  return {
    networks: Object.fromEntries(
      Object.entries(networks).map(([key, value]) => [key, networkOf(value, `networks.${key}`)]),
    ),
    verified: verifiedOf(await outputOf(stack, "verified")),
  };
}

/** A VNet by its key. @throws ContractError that lists the known ones */
export function networkFor({ networks }: Networks, vnet: string): ContractNetwork {
  const found = Object.hasOwn(networks, vnet) ? networks[vnet] : undefined;
  if (found) return found;
  const known = Object.keys(networks).sort().join(", ") || "none at all";
  throw new ContractError(`The fabric has no VNet '${vnet}'; it has ${known}.`);
}

/** What a guest's interface needs to stand in a VNet. @throws ContractError for an unknown VNet */
export function nicFor(networks: Networks, vnet: string): Nic {
  const { bridge, vlanTag, mtu, nodes } = networkFor(networks, vnet);
  return { bridge, vlanTag, mtu, nodes: [...nodes] };
}

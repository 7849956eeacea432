import { addressFor, type GuestAddresses } from "../../contract/addresses";
import { nicFor, type Networks } from "../../contract/reader";
import type { Machine, NetworkSettings } from "./settings";

/** One interface of a machine. */
export interface Interface {
  bridge: string;
  /** 0: no tag. */
  vlan: number;
  /** Bytes. */
  mtu: number;
}

/** How all machines of the cluster stand in the network. Plain data. */
export interface Attachment {
  kind: "sdn" | "vlan";
  /** net0. */
  public: Interface;
  /** net1. */
  mesh: Interface;
  /** Nodes that can carry the machines; undefined: not known, as with a VLAN. */
  nodes?: string[];
  /** What works but not as written. */
  warnings: string[];
  /** A machine's addresses on its public interface. */
  addresses(host: number): GuestAddresses;
}

/** A VLAN in the contract's form, so that its addresses are counted by the same rules. */
function asNetworks(network: NetworkSettings): Networks {
  const subnets = network.vlan_subnets.map(({ cidr, gateway }) => ({
    cidr,
    family: cidr.includes(":") ? ("ipv6" as const) : ("ipv4" as const),
    gateway,
    snat: false,
  }));
  const vlan = {
    bridge: network.bridge_public,
    zone: "",
    vni: 0,
    vlanTag: null,
    mtu: 0,
    nodes: [],
  };
  return { networks: { vlan: { ...vlan, subnets } }, verified: { at: "", planHash: "" } };
}

/** The VNet whose bridge that is, by its key. */
function vnetOf(bridge: string, networks: Networks | undefined): string | undefined {
  const entries = Object.entries(networks?.networks ?? {});
  return entries.find(([key, network]) => key === bridge || network.bridge === bridge)?.[0];
}

/** The mesh interface: as written, but a VNet's bridge caps its MTU and takes no tag. */
function meshOf(
  { bridge_mesh: bridge, vlan_mesh: vlan, mesh_mtu: mtu }: NetworkSettings,
  networks: Networks | undefined,
): { nic: Interface; warnings: string[] } {
  const vnet = vnetOf(bridge, networks);
  if (networks === undefined || vnet === undefined)
    return { nic: { bridge, vlan, mtu }, warnings: [] };
  const own = nicFor(networks, vnet);
  const warnings: string[] = [];
  if (mtu > own.mtu) {
    warnings.push(
      `network.mesh_mtu is ${mtu}, but ${vnet} carries ${own.mtu} bytes: the mesh interfaces get ${own.mtu}.`,
    );
  }
  if (vlan !== 0) {
    warnings.push(
      `network.vlan_mesh is ${vlan}, but ${vnet} is a VNet and takes no tag: none is set.`,
    );
  }
  return { nic: { bridge: own.bridge, vlan: 0, mtu: Math.min(mtu, own.mtu) }, warnings };
}

/**
 * The seed's switch. `use_sdn`: the public interface stands in the VNet, without a tag, with the VNet's
 * MTU, addresses and gateways. Otherwise it has `bridge_public`, `vlan_public` and `public_mtu`.
 * @param networks undefined where there is no fabric, or where it cannot be read
 * @throws ContractError (unknown VNet), Error when `use_sdn` lacks a VNet or a fabric
 */
export function attachmentOf(network: NetworkSettings, networks?: Networks): Attachment {
  const mesh = meshOf(network, networks);
  if (!network.use_sdn) {
    const own = asNetworks(network);
    return {
      kind: "vlan",
      public: { bridge: network.bridge_public, vlan: network.vlan_public, mtu: network.public_mtu },
      mesh: mesh.nic,
      warnings: mesh.warnings,
      addresses: (host) => (network.vlan_subnets.length > 0 ? addressFor(own, "vlan", host) : {}),
    };
  }
  const { vnet } = network;
  if (vnet === undefined) throw new Error("network.use_sdn is true: network.vnet names the VNet.");
  if (networks === undefined) {
    throw new Error("network.use_sdn is true: vm-cluster:fabric names the fabric's stack.");
  }
  const { bridge, mtu, nodes } = nicFor(networks, vnet);
  return {
    kind: "sdn",
    public: { bridge, vlan: 0, mtu },
    mesh: mesh.nic,
    nodes,
    warnings: mesh.warnings,
    addresses: (host) => addressFor(networks, vnet, host),
  };
}

function twice<T>(values: T[]): T[] {
  return [...new Set(values.filter((value, at) => values.indexOf(value) !== at))];
}

/** Checks the machines against the network they are to stand in. @throws Error with all that is wrong */
export function checkMachines(machines: Machine[], { nodes, addresses }: Attachment): void {
  const wrong = [
    ...twice(machines.map(({ name }) => name)).map(
      (name) => `${name} is the name of two machines.`,
    ),
    ...twice(machines.map(({ vmId }) => vmId)).map((id) => `${id} is the number of two machines.`),
    ...twice(machines.map(({ host }) => host)).map((host) => `Two machines are host ${host}.`),
    ...machines
      .filter(({ node }) => nodes !== undefined && !nodes.includes(node))
      .map(
        ({ name, node }) => `${name}: the VNet is not on ${node}; it is on ${nodes?.join(", ")}.`,
      ),
  ];
  for (const { name, host } of machines) {
    try {
      addresses(host);
    } catch (error) {
      wrong.push(`${name}: ${(error as Error).message}`);
    }
  }
  if (wrong.length > 0) throw new Error(`The machines do not fit:\n  ${wrong.join("\n  ")}`);
}

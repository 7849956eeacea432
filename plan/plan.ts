import { createHash } from "node:crypto";
import { CONTRACT_VERSION, NetworkContract } from "../contract/types";
import { FabricConfig, NodeConfig } from "../config/schema";
import { ConfigError } from "../config/violation";
import { network, subnetId } from "./addressing";
import { checkBlocks } from "./block-violations";
import { renderBlock, vtepOf } from "./frr-block";
import { violationsOf } from "./invariants";
import { peersOf } from "./invariants-peers";
import { renderOperatorBlock } from "./operator-block";
import { withoutRetired } from "./retired";
import { Plan, PlannedNode, PlannedVnet, PlannedZone, StackIdentity } from "./types";
import { VersionFindings, versionFindings } from "./version-rules";

const inZone = ({ zone }: FabricConfig, node: string) => zone.nodes?.includes(node) ?? true;

function planNodes(config: FabricConfig, peers: string[]): PlannedNode[] {
  return config.nodes.map((node) => ({
    name: node.name,
    endpoint: {
      name: node.name,
      host: node.address,
      port: node.port,
      user: config.ssh.user,
      hostKey: node.hostKey ?? "",
    },
    vtep: vtepOf(node, peers),
    loopback: { ...node.loopback },
    meshInterfaces: [...node.meshInterfaces],
    inZone: inZone(config, node.name),
    isExit: config.zone.exitNodes.includes(node.name),
  }));
}

const zoneNodes = (config: FabricConfig) =>
  config.nodes.map(({ name }) => name).filter((name) => inZone(config, name));

function planZone(config: FabricConfig): PlannedZone {
  const { zone } = config;
  const { rtImport, rtExport: _inBlock, nodes: _inOrder, ...rest } = zone;
  return {
    ...rest,
    nodes: zoneNodes(config),
    exitNodes: [...zone.exitNodes],
    rtImport: rtImport[0],
  };
}

function planVnets(config: FabricConfig): PlannedVnet[] {
  return config.vnets.map((vnet) => ({
    key: vnet.key ?? vnet.id,
    id: vnet.id,
    vni: vnet.vni,
    alias: vnet.alias,
    subnets: vnet.subnets.map((subnet) => ({
      key: subnet.key ?? subnet.cidr,
      id: subnetId(config.zone.id, subnet.cidr),
      cidr: subnet.cidr,
      family: network(subnet.cidr).family,
      prefix: network(subnet.cidr).prefix,
      gateway: subnet.gateway,
      snat: subnet.snat,
    })),
  }));
}

function contractOf(config: FabricConfig, vnets: PlannedVnet[]): NetworkContract {
  const nodes = zoneNodes(config);
  const networks = vnets.map((vnet) => [
    vnet.key,
    {
      bridge: vnet.id,
      zone: config.zone.id,
      vni: vnet.vni,
      vlanTag: null,
      mtu: config.zone.mtu,
      nodes,
      subnets: vnet.subnets.map(({ cidr, family, gateway, snat }) => ({
        cidr,
        family,
        gateway,
        snat,
      })),
    },
  ]);
  return { version: CONTRACT_VERSION, networks: Object.fromEntries(networks) };
}

function blocksOf(config: FabricConfig, nodes: PlannedNode[], identity: StackIdentity) {
  const byNode = <T>(render: (node: NodeConfig, vtep: string) => T) =>
    Object.fromEntries(
      config.nodes.map((node, index) => [
        node.name,
        render(node, (nodes[index] as PlannedNode).vtep),
      ]),
    );
  return config.frr.owner === "operator"
    ? {
        blocks: {},
        operatorBlocks: byNode((node, vtep) => renderOperatorBlock(config, node, vtep, identity)),
      }
    : {
        blocks: byNode((node, vtep) => renderBlock(config, node, vtep, identity)),
        operatorBlocks: {},
      };
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(value).forEach(deepFreeze);
  return Object.freeze(value);
}

/** SHA-256 over the JSON text, first 16 hex digits: enough to tell two plans of one stack apart. */
export function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}

/**
 * Derives everything that the fabric is to be from the config. Pure: the same config and identity
 * give the same plan.
 * @throws ConfigError with all violations of the rules between fields at once, or with all lines of the
 *   blocks that Proxmox VE's merge would not keep
 */
export function buildPlan(written: FabricConfig, identity: StackIdentity): Plan {
  const violations = violationsOf(written);
  if (violations.length > 0) throw new ConfigError(violations);
  const config = withoutRetired(written);
  const peers = peersOf(config);
  const nodes = planNodes(config, peers);
  const vnets = planVnets(config);
  const body = {
    identity,
    name: config.cluster.name,
    entryNode: config.cluster.entryNode ?? (nodes[0] as PlannedNode).name,
    nodes,
    retired: written.nodes.filter(({ retired }) => retired).map(({ name }) => name),
    controller: { id: config.controller.id, asn: config.fabric.asn, peers },
    zone: planZone(config),
    vnets,
    pveVersion: config.cluster.pveVersion,
    topology: config.fabric.topology,
    externalPeers: config.fabric.externalPeers.map((peer) => ({
      ...peer,
      families: [...peer.families],
    })),
    evpnSessions: config.frr.evpnSessions,
    frrOwner: config.frr.owner,
    ...blocksOf(config, nodes, identity),
    contract: contractOf(config, vnets),
  };
  // How a node is reached (a moved SSH port, a rotated host key) and what is known of the cluster
  // beforehand are not part of what the fabric is.
  const { pveVersion: _known, ...planned } = body;
  const reachable = { ...planned, nodes: nodes.map(({ endpoint: _endpoint, ...node }) => node) };
  const plan = deepFreeze<Plan>({ ...body, hash: hashOf(reachable) });
  const { errors } = versionedFindings(config, plan);
  if (errors.length > 0) throw new ConfigError(errors);
  return plan;
}

/**
 * What depends on Proxmox VE's version: what its merge would do to the blocks, and what it writes itself.
 * An operator's own frr.conf goes through none of it.
 */
export function versionedFindings(config: FabricConfig, plan: Plan): VersionFindings {
  if (config.frr.owner === "operator") return { errors: [], warnings: [] };
  const block = checkBlocks(plan, plan.pveVersion, config.frr.extraLines);
  const own = versionFindings(plan);
  return {
    errors: [...block.errors, ...own.errors],
    warnings: [...block.warnings, ...own.warnings],
  };
}

import { FabricConfig } from "../config/schema";
import { buildPlan } from "./plan";
import { StackIdentity } from "./types";

export type FrrOwner = FabricConfig["frr"]["owner"];

/** What it takes to give the nodes' frr.conf to the other owner. */
export interface Conversion {
  to: FrrOwner;
  /** Settings to change in the stack's file, as YAML below `config:`; what is not named there stays. */
  settings: string;
  /** Each node's block for the other owner, by node name, and the file that it belongs to. */
  file: string;
  blocks: Record<string, string>;
  /** What is to be done by hand, in this order. */
  steps: string[];
}

const KEY = "proxmox-evpn:";

/** `{ name: pve01, loopback: { … } }` in JSON's form, which is YAML's too; one line for each list item. */
function yaml(config: Record<string, unknown>): string {
  const lines = Object.entries(config).map(([key, value]) =>
    Array.isArray(value)
      ? [`  ${KEY}${key}:`, ...value.map((item) => `    - ${JSON.stringify(item)}`)].join("\n")
      : `  ${KEY}${key}: ${JSON.stringify(value)}`,
  );
  return `${lines.join("\n")}\n`;
}

/** An IPv4 loopback for a node that has none: 10.255.0.N, N by its place, past those that are taken. */
function withIpv4Loopbacks(nodes: FabricConfig["nodes"]): FabricConfig["nodes"] {
  const taken = new Set(nodes.flatMap(({ loopback }) => loopback.ipv4 ?? []));
  let last = 0;
  const free = () => {
    do last += 1;
    while (taken.has(`10.255.0.${last}`));
    return `10.255.0.${last}`;
  };
  return nodes.map((node) =>
    node.loopback.ipv4 ? node : { ...node, loopback: { ipv4: free(), ...node.loopback } },
  );
}

function toProxmox(config: FabricConfig): FabricConfig {
  const nodes = withIpv4Loopbacks(config.nodes).map(({ routerId: _derived, ...node }) => node);
  const peers = nodes.flatMap(({ loopback, retired }) => (retired ? [] : (loopback.ipv4 ?? [])));
  return {
    ...config,
    nodes,
    controller: { ...config.controller, peers },
    frr: { ...config.frr, owner: "proxmox", evpnSessions: "vtep" },
  };
}

/** The router id that Proxmox VE derived from an IPv4 tunnel address is kept. */
function toOperator(config: FabricConfig): FabricConfig {
  const nodes = config.nodes.map((node) => ({
    ...node,
    routerId: node.routerId ?? node.loopback.ipv4,
  }));
  const peers = nodes.flatMap(({ loopback, retired }) => (retired ? [] : (loopback.ipv6 ?? [])));
  return {
    ...config,
    nodes,
    controller: { ...config.controller, peers },
    frr: { ...config.frr, owner: "operator", evpnSessions: "mesh" },
  };
}

function changedNodes(before: FabricConfig, after: FabricConfig): Record<string, unknown>[] {
  return after.nodes
    .filter((node, index) => JSON.stringify(node) !== JSON.stringify(before.nodes[index]))
    .map(({ name, loopback, routerId }) => ({
      name,
      loopback,
      ...(routerId === undefined ? {} : { routerId }),
    }));
}

const TO_PROXMOX = (config: FabricConfig, before: FabricConfig) => [
  ...(JSON.stringify(config.nodes.map(({ loopback }) => loopback)) ===
  JSON.stringify(before.nodes.map(({ loopback }) => loopback))
    ? []
    : [
        "Give each node the IPv4 loopback above, as the one `address` of `iface lo inet loopback` in /etc/network/interfaces, and run `ifreload -a`. Any free network will do.",
      ]),
  "Stop what writes /etc/frr/frr.conf now (the Ansible role): from the next apply on Proxmox VE replaces the whole file.",
  "Compare your frr.conf with the blocks below. Statements of `router bgp` that you still need go to frr.extraLines; others into /etc/frr/frr.conf.local, outside our markers. The mesh neighbors and the loopbacks are in the block.",
  "Change the settings in the stack's file. Take `routerId` out: Proxmox VE derives it. With IPv4 tunnels a zone MTU of 1450 fits a 1500 underlay.",
  "Run `pulumi preview`, then `pulumi up`. The preflight lists what frr.conf would lose; set frr.discardExisting: true when you have read that list. Tunnels move to another address family in this update: guests on different nodes do not reach each other until every node has been reloaded.",
];

const TO_OPERATOR = () => [
  "Use this only with Proxmox VE 8.4 or 9.1 and IPv6 loopbacks as tunnel addresses on `lo` or a dummy device: there Proxmox VE finds no router id and writes no frr.conf. A version that finds one overwrites your file, and the preflight refuses it.",
  "Have FRR 10.6 or newer on every node: older FRR passes no packet over tunnels of IPv6.",
  "Write an frr.conf of your own on each node: `router bgp` of the fabric's AS number with `bgp router-id`, the mesh interfaces as `neighbor … interface remote-as internal`, and unicast families that announce the loopbacks.",
  "Change the settings in the stack's file. Tunnels over IPv6 cost 70 bytes: the underlay needs the zone's MTU and 70.",
  "Run `pulumi preview`, then `pulumi up`: our block is put into your `router bgp` and loaded node after node. The block in frr.conf.local goes.",
];

/**
 * What it takes to give frr.conf to the other owner: settings, blocks, and the steps by hand. Pure.
 * @throws ConfigError when the config that comes out of it cannot be planned, with what is missing
 */
export function convertOwner(
  config: FabricConfig,
  identity: StackIdentity,
  to: FrrOwner,
): Conversion {
  const after = to === "proxmox" ? toProxmox(config) : toOperator(config);
  const plan = buildPlan(after, identity);
  const nodes = changedNodes(config, after);
  const { extraLines, ...frr } = after.frr;
  const hasLines = Object.values(extraLines).some((lines) => lines.length > 0);
  return {
    to,
    settings: yaml({
      ...(nodes.length > 0 ? { nodes } : {}),
      controller: { id: after.controller.id, peers: plan.controller.peers },
      frr: { ...frr, ...(hasLines ? { extraLines } : {}) },
    }),
    file: to === "proxmox" ? "/etc/frr/frr.conf.local" : "/etc/frr/frr.conf",
    blocks:
      to === "proxmox"
        ? { ...plan.blocks }
        : Object.fromEntries(
            Object.entries(plan.operatorBlocks).map(([node, { text }]) => [node, text]),
          ),
    steps: to === "proxmox" ? TO_PROXMOX(after, config) : TO_OPERATOR(),
  };
}

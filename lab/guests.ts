import { parse } from "yaml";
import * as fs from "node:fs";
import * as path from "node:path";
import { labRoot } from "./guest/nodes";
import { ssh } from "./guest/ssh";
import type { LabPaths } from "./paths";

/** A test guest: a namespace with an interface on a VNet's bridge of one node. */
export interface Guest {
  name: string;
  node: string;
  vnet: string;
  /** Last part of the guest's addresses. */
  host: number;
}

/** Two guests in one VNet on two nodes, and one in another VNet on the third. */
export const standardGuests: readonly Guest[] = [
  { name: "g101-pve01", node: "pve01", vnet: "vnet101", host: 11 },
  { name: "g101-pve03", node: "pve03", vnet: "vnet101", host: 13 },
  { name: "g102-pve02", node: "pve02", vnet: "vnet102", host: 12 },
];

interface Subnet {
  cidr: string;
  gateway: string;
}

/** A VNet's subnets as the lab's stack config has them. */
function subnetsOf(paths: LabPaths, vnet: string): { mtu: number; subnets: Subnet[] } {
  const file = path.join(paths.lab, "Pulumi.lab.yaml");
  const { config } = parse(fs.readFileSync(file, "utf8")) as { config: Record<string, unknown> };
  const vnets = config["proxmox-evpn:vnets"] as { id: string; subnets?: Subnet[] }[];
  const zone = config["proxmox-evpn:zone"] as { mtu?: number };
  const found = vnets.find(({ id }) => id === vnet);
  if (!found) {
    const known = vnets.map(({ id }) => id).join(", ");
    throw new Error(`There is no VNet ${vnet} in the lab's config; it has ${known}.`);
  }
  return { mtu: zone.mtu ?? 1450, subnets: found.subnets ?? [] };
}

const familyOf = (address: string) => (address.includes(":") ? "6" : "4");

/** The host's address in a subnet: the gateway's with its last part replaced (fd00:101::11, 10.101.0.11). */
function addressIn({ cidr, gateway }: Subnet, host: number): string {
  const prefix = cidr.split("/")[1];
  return `${gateway.replace(/[^.:]+$/, String(host))}/${prefix}`;
}

/** Addresses of a guest without their prefix length, IPv6 first as in the config. */
export function guestAddresses(paths: LabPaths, guest: Guest): string[] {
  return subnetsOf(paths, guest.vnet).subnets.map(
    (subnet) => addressIn(subnet, guest.host).split("/")[0] as string,
  );
}

async function inGuestRoot(paths: LabPaths, command: string): Promise<string> {
  const result = await ssh(paths, labRoot.name, command, { timeoutMs: 60_000 });
  if (result.code !== 0) throw new Error((result.stderr || result.stdout).trim());
  return result.stdout;
}

/** Attaches a guest with an address in each of the VNet's subnets. Idempotent. */
export async function addGuest(paths: LabPaths, guest: Guest): Promise<string> {
  const { mtu, subnets } = subnetsOf(paths, guest.vnet);
  const addresses = subnets.flatMap((subnet) => {
    const family = familyOf(subnet.gateway);
    return [`--ip${family}`, addressIn(subnet, guest.host), `--gw${family}`, subnet.gateway];
  });
  const argv = ["lab-guest", "add", guest.name, "--node", guest.node, "--vnet", guest.vnet];
  return inGuestRoot(paths, [...argv, "--mtu", String(mtu), ...addresses].join(" "));
}

export function deleteGuest(paths: LabPaths, name: string): Promise<string> {
  if (!/^[a-z0-9-]+$/.test(name)) throw new Error(`'${name}' is not a guest's name.`);
  return inGuestRoot(paths, `lab-guest del ${name}`);
}

export function listGuests(paths: LabPaths): Promise<string> {
  return inGuestRoot(paths, "lab-guest list");
}

/** One ping as a row of the lab's table. */
export interface Ping {
  from: string;
  to: string;
  answered: boolean;
}

/** Pings an address from a guest: three packets, so that the first one may wait for neighbor discovery. */
export async function ping(paths: LabPaths, from: string, to: string): Promise<Ping> {
  const command = `lab-guest exec ${from} ping -n -q -c 3 -i 0.3 -W 2 ${to}`;
  const result = await ssh(paths, labRoot.name, command, { timeoutMs: 30_000 });
  return { from, to, answered: / [1-3] received/.test(result.stdout) };
}

/** Fresh guests' routes travel to the other nodes within seconds; a loaded emulated guest needs more. */
const CONVERGENCE_MS = 60_000;

/**
 * Every standard guest to every other one, by every address. Pairs without an answer are asked again
 * until all answered or the bound is reached.
 */
export async function pingAll(paths: LabPaths): Promise<Ping[]> {
  const deadline = Date.now() + CONVERGENCE_MS;
  const pairs = standardGuests.flatMap((from) =>
    standardGuests
      .filter((to) => to !== from)
      .flatMap((to) => guestAddresses(paths, to).map((address) => [from.name, address] as const)),
  );
  const answered: Ping[] = [];
  let open = pairs;
  for (;;) {
    const round = await Promise.all(open.map(([from, to]) => ping(paths, from, to)));
    answered.push(...round.filter((each) => each.answered));
    const lost = round.filter((each) => !each.answered);
    if (lost.length === 0 || Date.now() >= deadline) return [...answered, ...lost];
    open = lost.map(({ from, to }) => [from, to] as const);
  }
}

import ipaddr from "ipaddr.js";
import { existing, type Call } from "./call";
import { ParameterError } from "./errors";
import type { SdnObject } from "./state";

/** What a subnet's id `ZONE-NETWORK-MASK` says. */
export interface SubnetParts {
  zone: string;
  network: string;
  /** Prefix length, as text. */
  mask: string;
  cidr: string;
}

/** Takes an id apart; zone ids have no dash, networks neither. */
export function subnetParts(id: string): SubnetParts {
  const [zone = "", network = "", mask = ""] = id.split("-");
  return { zone, network, mask, cidr: `${network}/${mask}` };
}

/**
 * The id of a new subnet. The CIDR is taken as written: another spelling is another subnet.
 * @throws PveFailure when there is no such VNet.
 */
export function subnetId(call: Call, vnet: string, subnet: string): string {
  const { zone } = existing(call, "vnets", vnet, call.files.read("vnets"));
  return subnet.includes("/") ? `${String(zone)}-${subnet.replace("/", "-")}` : subnet;
}

/** PVE's rule for a subnet beyond its schema: the gateway is one of its addresses. */
export function checkSubnet(call: Call, id: string, subnet: SdnObject): void {
  const { network, mask, cidr } = subnetParts(id);
  call.files.read("zones");
  const { gateway } = subnet;
  if (gateway === undefined) return;
  const address = ipaddr.parse(String(gateway));
  const base = ipaddr.parse(network);
  // A single address is a point-to-point link, whose gateway stands outside.
  if (Number(mask) === (base.kind() === "ipv4" ? 32 : 128)) return;
  if (address.kind() === base.kind() && address.match(base, Number(mask))) return;
  throw new ParameterError({ gateway: `${String(gateway)} is not in subnet ${cidr}` });
}

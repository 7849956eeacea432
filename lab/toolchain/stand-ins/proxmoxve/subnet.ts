import { BlockList, isIP } from "node:net";
import { difference } from "../diff";
import type { ResourceType } from "../resource-provider";
import type { Properties, Value } from "../wire";
import { hasUnknown } from "../wire";
import type { Api } from "./api";
import { DoesNotExist } from "./api";
import type { Field } from "./fields";
import { checkFields, fromObject, toForm } from "./fields";

const fields: Field[] = [
  { property: "dhcpDnsServer", parameter: "dhcp-dns-server", form: "text" },
  { property: "dnsZonePrefix", parameter: "dnszoneprefix", form: "text" },
  { property: "gateway", parameter: "gateway", form: "text" },
  { property: "snat", parameter: "snat", form: "flag" },
];
const required: Field[] = [
  { property: "cidr", parameter: "subnet", form: "text", required: true },
  { property: "vnet", parameter: "vnet", form: "text", required: true },
];
const inputs = [...required, ...fields].map(({ property }) => property).concat("dhcpRange");

const rangeOf = (value: Value | undefined) =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;

function within(cidr: string, address: string): boolean {
  const [network = "", length = ""] = cidr.split("/");
  const family = isIP(network) === 6 ? "ipv6" : "ipv4";
  if (isIP(address) !== isIP(network)) return false;
  const list = new BlockList();
  list.addSubnet(network, Number(length), family);
  return list.check(address, family);
}

function checkAddresses(
  given: Properties,
  problem: (property: string, reason: string) => void,
): void {
  const { cidr } = given;
  if (typeof cidr !== "string" || hasUnknown(cidr)) return;
  const [network = "", length = ""] = cidr.split("/");
  const bits = isIP(network) === 6 ? 128 : 32;
  if (isIP(network) === 0 || !/^\d+$/.test(length) || Number(length) > bits) {
    problem("cidr", `Could not parse subnet "${cidr}": invalid CIDR address: ${cidr}`);
    return;
  }
  const range = rangeOf(given.dhcpRange);
  const addresses: [string, Value | undefined][] = [
    ["gateway", given.gateway],
    ["dhcpDnsServer", given.dhcpDnsServer],
    ["dhcpRange.startAddress", range?.startAddress],
    ["dhcpRange.endAddress", range?.endAddress],
  ];
  for (const [property, address] of addresses) {
    if (typeof address !== "string" || hasUnknown(address)) continue;
    if (isIP(address) === 0) problem(property, `Could not parse IP address: ${address}`);
    else if (!within(cidr, address)) {
      problem(property, `${address} must be within the subnet ${cidr}`);
    }
  }
}

function form(news: Properties) {
  const range = rangeOf(news.dhcpRange);
  return {
    ...toForm(fields, news),
    ...(range
      ? {
          "dhcp-range": [
            `start-address=${String(range.startAddress)},end-address=${String(range.endAddress)}`,
          ],
        }
      : {}),
  };
}

/** The state of a subnet object of the API, whose id is `ZONE-NETWORK-LENGTH`. */
function stateOf(data: Properties, vnet: string): { id: string; outputs: Properties } {
  const id = String(data.subnet ?? data.id);
  const [, ...rest] = id.split("-");
  const outputs: Properties = {
    ...fromObject(fields, data),
    cidr: rest.join("/"),
    vnet: typeof data.vnet === "string" ? data.vnet : vnet,
  };
  const range = Array.isArray(data["dhcp-range"]) ? rangeOf(data["dhcp-range"][0]) : undefined;
  if (range) {
    outputs.dhcpRange = {
      startAddress: range["start-address"] ?? null,
      endAddress: range["end-address"] ?? null,
    };
  }
  return { id, outputs };
}

/**
 * `proxmoxve:sdn/subnet:Subnet`. Any change replaces it, because the provider counts its id as
 * unknown in every plan; without `deleteBeforeReplace` the new one then meets the old one.
 */
export function subnet(api: () => Api): ResourceType {
  const at = (vnet: string) => `cluster/sdn/vnets/${encodeURIComponent(vnet)}/subnets`;
  const unable = (verb: string, detail: string, error: unknown) =>
    new Error(`Unable to ${verb} SDN Subnet: ${detail}: ${(error as Error).message}`);
  const fetch = async (vnet: string, id: string) => {
    const data = await api().object(`${at(vnet)}/${encodeURIComponent(id)}`);
    return stateOf(data, vnet);
  };
  return {
    check(given, problem) {
      checkFields([...required, ...fields], given, problem);
      checkAddresses(given, problem);
      return given;
    },
    diff: (state, _olds, news, ignored) =>
      difference(state, news, { inputs, replaces: () => true }, ignored),
    preview: (news) => news,
    async create(news) {
      const vnet = String(news.vnet);
      const cidr = String(news.cidr);
      await api()
        .call("POST", at(vnet), { ...form(news), subnet: cidr, type: "subnet", vnet })
        .catch((error) => {
          throw unable("Create", `error creating subnet ${cidr} on VNet ${vnet}`, error);
        });
      const all = await api().call("GET", at(vnet));
      const ending = cidr.replaceAll("/", "-");
      const mine = (Array.isArray(all) ? all : [])
        .map((item) => String(rangeOf(item)?.subnet))
        .find((id) => id.endsWith(ending));
      if (!mine)
        throw new Error(
          `Unable to Resolve SDN Subnet ID: could not resolve canonical subnet ID for ${cidr}`,
        );
      const { outputs } = await fetch(vnet, mine).catch((error) => {
        throw new Error(`Unable to Read SDN Subnet After Creation: ${(error as Error).message}`);
      });
      return { id: mine, outputs };
    },
    // Never reached through the engine, since every change is a replacement.
    update: () => Promise.reject(new Error("Unable to Update SDN Subnet: it can only be replaced")),
    async read(id, state) {
      // The id of an import is VNET/SUBNET; of a refresh, the subnet's own beside the state's VNet.
      const slash = typeof state.vnet === "string" ? -1 : id.indexOf("/");
      if (slash < 0 && typeof state.vnet !== "string") {
        throw new Error(
          "Unexpected Import Identifier: Expected import identifier in format 'vnet-id/subnet-id'.",
        );
      }
      const vnet = slash < 0 ? String(state.vnet) : id.slice(0, slash);
      try {
        const found = await fetch(vnet, slash < 0 ? id : id.slice(slash + 1));
        return { ...found, inputs: found.outputs };
      } catch (error) {
        if (error instanceof DoesNotExist) return undefined;
        throw unable("Read", `error reading SDN subnet ${id} for Vnet ${vnet}`, error);
      }
    },
    async delete(id, state) {
      const vnet = String(state.vnet);
      await api()
        .call("DELETE", `${at(vnet)}/${encodeURIComponent(id)}`)
        .catch((error) => {
          if (error instanceof DoesNotExist) return; // gone already is what was wanted
          throw unable("Delete", `error deleting subnet ${id} on VNet ${vnet}`, error);
        });
    },
  };
}

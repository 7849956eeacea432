// Stand-in for pulumi-resource-proxmoxve 8.6.0, for machines that cannot download the real one. It
// has the five SDN resources and virtual machines; its calls are real HTTPS to the API.
import { servePlugin } from "../resource-provider";
import type { Properties } from "../wire";
import { hasUnknown } from "../wire";
import { Api } from "./api";
import { applier } from "./applier";
import { controllerEvpn } from "./controller-evpn";
import { subnet } from "./subnet";
import { vm } from "./vm";
import { vnet } from "./vnet";
import { zoneEvpn } from "./zone-evpn";

let config: Properties = {};
let client: Api | undefined;

/** A setting of the provider, else the variable that stands in for it. */
function setting(property: string, variable: string): string | undefined {
  const value = config[property];
  return value === undefined || value === null ? process.env[variable] : String(value);
}

function api(): Api {
  if (client) return client;
  const endpoint = setting("endpoint", "PROXMOX_VE_ENDPOINT") ?? "";
  const apiToken = setting("apiToken", "PROXMOX_VE_API_TOKEN");
  if (!/^https:\/\/./.test(endpoint)) {
    throw new Error(
      "you must specify a secure endpoint for the Proxmox Virtual Environment API (valid: https://host:port/)",
    );
  }
  if (!apiToken || !/^\S+@\S+!\S+=\S+$/.test(apiToken)) {
    throw new Error(
      "the API token must be in the format 'USER@REALM!TOKENID=UUID' (the proxmoxve stand-in has no other way to log in)",
    );
  }
  client = new Api({
    endpoint,
    apiToken,
    insecure: setting("insecure", "PROXMOX_VE_INSECURE") === "true",
    minTls: setting("minTls", "PROXMOX_VE_MIN_TLS") ?? "1.3",
  });
  return client;
}

servePlugin({
  name: "proxmoxve",
  version: "8.6.0",
  types: {
    "proxmoxve:sdn/zone/evpn:Evpn": zoneEvpn(api),
    "proxmoxve:sdn/controller/evpn:Evpn": controllerEvpn(api),
    "proxmoxve:sdn/vnet:Vnet": vnet(api),
    "proxmoxve:sdn/subnet:Subnet": subnet(api),
    "proxmoxve:sdn/applier:Applier": applier(api),
    "proxmoxve:index/vmLegacy:VmLegacy": vm(api),
  },
  configure(given) {
    config = given;
    client = undefined;
    const { endpoint } = given;
    if (typeof endpoint === "string" && !hasUnknown(endpoint) && !endpoint.startsWith("https://")) {
      throw new Error(
        "you must specify a secure endpoint for the Proxmox Virtual Environment API (valid: https://host:port/)",
      );
    }
  },
});

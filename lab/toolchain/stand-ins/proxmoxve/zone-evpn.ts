import type { ResourceType } from "../resource-provider";
import { hasUnknown } from "../wire";
import type { Api } from "./api";
import type { Field } from "./fields";
import { sdnId } from "./sdn-id";
import { sdnObject } from "./sdn-object";

// No `mac`: the provider doesn't know the anycast gateway's address. Unsetting `mtu`, `nodes` or
// `exitNodes` does nothing: the provider takes them from the API when the program doesn't set them.
const fields: Field[] = [
  { property: "controller", parameter: "controller", form: "text", required: true },
  { property: "vrfVxlan", parameter: "vrf-vxlan", form: "number", required: true },
  { property: "nodes", parameter: "nodes", form: "joined", kept: true },
  { property: "exitNodes", parameter: "exitnodes", form: "joined", kept: true },
  { property: "primaryExitNode", parameter: "exitnodes-primary", form: "text" },
  {
    property: "exitNodesLocalRouting",
    parameter: "exitnodes-local-routing",
    form: "flag",
    default: false,
  },
  { property: "advertiseSubnets", parameter: "advertise-subnets", form: "flag", default: false },
  {
    property: "disableArpNdSuppression",
    parameter: "disable-arp-nd-suppression",
    form: "flag",
    default: false,
  },
  { property: "rtImport", parameter: "rt-import", form: "text" },
  { property: "mtu", parameter: "mtu", form: "number", kept: true },
  { property: "ipam", parameter: "ipam", form: "text" },
  { property: "dns", parameter: "dns", form: "text" },
  { property: "dnsZone", parameter: "dnszone", form: "text" },
  { property: "reverseDns", parameter: "reversedns", form: "text" },
];

/** `proxmoxve:sdn/zone/evpn:Evpn`. */
export function zoneEvpn(api: () => Api): ResourceType {
  return sdnObject(api, {
    title: "SDN Zone",
    path: "cluster/sdn/zones",
    id: { property: "resourceId", parameter: "zone" },
    type: "evpn",
    fields,
    readsPending: true,
    computed: ["pending", "state"],
    computedFrom: (data) => ({
      pending: typeof data.pending === "object" && data.pending !== null,
      state: typeof data.state === "string" ? data.state : "",
    }),
    validate(inputs, problem) {
      sdnId("resourceId", inputs.resourceId, problem);
      const target = inputs.rtImport;
      if (typeof target === "string" && !hasUnknown(target) && !/^\d+:\d+$/.test(target)) {
        problem("rtImport", "must be in the format '<ASN>:<number>' (e.g., '65000:65000')");
      }
    },
    unable: (verb) => `Unable to ${verb} SDN Zone`,
    client: (verb, id) => `error ${verb} SDN zone${verb === "reading" ? ` ${id}` : ""}`,
  });
}

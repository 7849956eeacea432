import type { ResourceType } from "../resource-provider";
import { hasUnknown } from "../wire";
import type { Api } from "./api";
import type { Field } from "./fields";
import { sdnId } from "./sdn-id";
import { sdnObject } from "./sdn-object";

const fields: Field[] = [
  // Not a replacement for the provider: it asks the API to move the VNet, which refuses while the
  // VNet has subnets.
  { property: "zone", parameter: "zone", form: "text", required: true },
  { property: "tag", parameter: "tag", form: "number" },
  { property: "alias", parameter: "alias", form: "text" },
  { property: "isolatePorts", parameter: "isolate-ports", form: "flag" },
  { property: "vlanAware", parameter: "vlanaware", form: "flag" },
];

/** `proxmoxve:sdn/vnet:Vnet`. Read without `pending`: what is wanted, applied or not. */
export function vnet(api: () => Api): ResourceType {
  return sdnObject(api, {
    title: "SDN VNet",
    path: "cluster/sdn/vnets",
    id: { property: "resourceId", parameter: "vnet" },
    fields,
    readsPending: false,
    computed: [],
    computedFrom: () => ({}),
    validate(inputs, problem) {
      sdnId("resourceId", inputs.resourceId, problem);
      sdnId("zone", inputs.zone, problem);
      const alias = inputs.alias;
      if (typeof alias !== "string" || hasUnknown(alias)) return;
      if (!/^[()._a-zA-Z0-9\s-]+$/.test(alias)) {
        problem(
          "alias",
          "must contain only alphanumeric characters, spaces, hyphens, underscores, dots, and parentheses",
        );
      } else if (alias.length > 256) problem("alias", "string length must be at most 256");
    },
    unable: (verb) => `Unable to ${verb} SDN VNet`,
    client: (verb, id) => `error ${verb} SDN ${verb === "reading" ? `Vnet ${id}` : "VNET"}`,
  });
}

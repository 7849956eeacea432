import type { ResourceType } from "../resource-provider";
import type { Api } from "./api";
import type { Field } from "./fields";
import { sdnObject } from "./sdn-object";

const fields: Field[] = [
  { property: "asn", parameter: "asn", form: "number", required: true },
  { property: "fabric", parameter: "fabric", form: "text" },
  { property: "peers", parameter: "peers", form: "repeated" },
];

/** `proxmoxve:sdn/controller/evpn:Evpn`. It cannot adopt a controller that exists. */
export function controllerEvpn(api: () => Api): ResourceType {
  return sdnObject(api, {
    title: "SDN Controller",
    path: "cluster/sdn/controllers",
    id: { property: "sdnControllerEvpnId", parameter: "controller" },
    type: "evpn",
    fields,
    readsPending: true,
    computed: ["digest"],
    computedFrom: (data) => ({ digest: typeof data.digest === "string" ? data.digest : "" }),
    validate(inputs, problem) {
      if (inputs.peers === undefined && inputs.fabric === undefined) {
        problem("peers", "at least one of these attributes must be configured: [fabric,peers]");
      }
    },
    unable: (verb, id) => `Unable to ${verb} SDN Controller "${id}"`,
    client: (verb, id) => `error ${verb} SDN controller${verb === "reading" ? ` ${id}` : ""}`,
  });
}

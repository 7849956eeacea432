import { Deployment, pathOf, pendingCreates, unrecorded } from "../../../cli/pending-creates";
import type { FoundObject } from "../../../providers/sdn-config";

const creating = (type: string, inputs: Record<string, unknown>) => ({
  type: "creating",
  resource: { urn: `urn:pulumi:lab::p::${type}::x`, type, inputs },
});
const VNET = "proxmoxve:sdn/vnet:Vnet";
const SUBNET = "proxmoxve:sdn/subnet:Subnet";
const CONTROLLER = "pulumi-nodejs:dynamic/evpn:Controller";

const found = (
  kind: FoundObject["kind"],
  id: string,
  state?: string,
  options = {},
): FoundObject => ({
  kind,
  id,
  state,
  options,
  pending: [],
});

const deployment: Deployment = {
  pending_operations: [
    creating(VNET, { resourceId: "vnet104" }),
    creating(SUBNET, { vnet: "vnet104", cidr: "fd00:104::/64" }),
    creating(CONTROLLER, { controllerId: "frr" }),
    creating("command:remote:Command", {}),
    { ...creating(VNET, { resourceId: "vnet100" }), type: "updating" },
  ],
};

it("knows what was being created by its id, children first", () => {
  const cluster = [
    found("controller", "frr", "new"),
    found("vnet", "vnet100", "new"),
    found("vnet", "vnet104", "new"),
    found("subnet", "evpnz1-fd00:104::-64", "new", { vnet: "vnet104" }),
    found("subnet", "evpnz2-fd00:104::-64", "new", { vnet: "another" }),
  ];
  expect(unrecorded(pendingCreates(deployment), cluster).map(pathOf)).toEqual([
    "/cluster/sdn/vnets/vnet104/subnets/evpnz1-fd00:104::-64",
    "/cluster/sdn/vnets/vnet104",
    "/cluster/sdn/controllers/frr",
  ]);
});

it("leaves alone what runs: it was there before, or it is being removed", () => {
  const cluster = [
    found("controller", "frr"),
    found("vnet", "vnet104", "changed"),
    found("vnet", "vnet104", "deleted"),
  ];
  expect(unrecorded(pendingCreates(deployment), cluster)).toEqual([]);
});

it("takes out a running object that Pulumi had deleted to create it anew", () => {
  const { pending_operations: open = [] } = deployment;
  const urn = open[0]?.resource.urn as string;
  const replaced = { ...deployment, resources: [{ urn, type: VNET, pendingReplacement: true }] };
  const cluster = [found("vnet", "vnet104", "changed"), found("controller", "frr")];
  expect(unrecorded(pendingCreates(replaced), cluster)).toEqual([cluster[0]]);
});

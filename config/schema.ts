import { z } from "zod";
import { PVE_VERSIONS } from "../pve-model/types";
import * as f from "./fields";
import { fabricSchema, frrSchema } from "./schema-routing";

/**
 * Every default of the program stands in this file and schema-routing.ts. Unknown keys are refused.
 * The descriptions are the text of docs/config.md (`npm run docs:config` after a change).
 */

const clusterSchema = z.strictObject({
  name: f.key.default("fabric").describe("Name of the fabric in resource names and messages."),
  pveVersion: z
    .enum(PVE_VERSIONS)
    .optional()
    .describe(
      "Proxmox VE's version. Absent: the cluster is asked; a preview looks at all three and warns.",
    ),
  entryNode: f.nodeName
    .optional()
    .describe(
      "Node whose `pvesh` is used for the controller and the apply. Absent: the first node.",
    ),
  api: z
    .strictObject({
      endpoint: f.endpoint.describe("HTTPS address of the API: one node, or a name for all."),
      caFile: f.filePath
        .optional()
        .describe("File with the CA certificate (PEM) that signed the API's certificate."),
      insecure: f.flag
        .default(false)
        .describe(
          "Accept any certificate. Only for a first try: the API token is sent to whoever answers.",
        ),
    })
    .describe("Where Proxmox VE's API answers."),
});

export const sshSchema = z.strictObject({
  user: f.userName
    .default("root")
    .describe("User on the nodes; must be able to write /etc/frr and run pvesh, which means root."),
  privateKeyFile: f.filePath
    .optional()
    .describe("File with the private key; or set the secret `sshPrivateKey`."),
  agent: f.flag
    .default(false)
    .describe(
      "Log in with a key of the SSH agent that SSH_AUTH_SOCK names, so that Pulumi never holds a key.",
    ),
  timeoutSeconds: f.seconds
    .default(60)
    .describe("Seconds to wait for a connection or for a command's next output."),
});

const nodeSchema = z.strictObject({
  name: f.nodeName.describe("Name in the cluster, as `pvecm nodes` lists it."),
  address: f.host.describe("Address or host name that SSH connects to."),
  port: f.port.default(22).describe("SSH port."),
  hostKey: f.hostKey
    .optional()
    .describe(
      "Public host key in the form of authorized_keys. Needed before `pulumi up`, not for a preview.",
    ),
  retired: f.flag
    .default(false)
    .describe(
      "A dead node that is left alone: nothing contacts it, no one waits for it, no peer is left of it.",
    ),
  loopback: z
    .strictObject({
      ipv4: f.ipv4.optional().describe("IPv4 loopback, announced as a /32."),
      ipv6: f.ipv6.optional().describe("IPv6 loopback, announced as a /128."),
    })
    .refine(({ ipv4, ipv6 }) => ipv4 !== undefined || ipv6 !== undefined, {
      error: "needs an ipv4 or an ipv6 address, or both",
    })
    .describe(
      "Loopback addresses, announced over the mesh; the one that stands in `controller.peers` is the VTEP. In a routed fabric: the address that the underlay reaches.",
    ),
  routerId: f.ipv4
    .optional()
    .describe("BGP router id. Only with `frr.owner: operator`: otherwise Proxmox VE derives it."),
  meshInterfaces: z
    .array(f.interfaceName)
    .min(1, { error: "needs at least one interface" })
    .default([])
    .describe(
      "Interfaces of the mesh to the other nodes; BGP runs on them unnumbered. Needed unless `fabric.topology` is routed.",
    ),
});

const controllerSchema = z.strictObject({
  id: f.controllerId
    .default("frr")
    .describe("Id of the EVPN controller in Proxmox VE. An existing one of this id is adopted."),
  peers: z
    .array(f.ip)
    .min(1, { error: "needs at least one address" })
    .optional()
    .describe("VTEP addresses of all nodes. Absent: every node's IPv4 loopback."),
});

const zoneSchema = z.strictObject({
  id: f.sdnId.describe("Id of the EVPN zone."),
  vrfVni: f.vni.describe("VNI of the zone's VRF (the L3VNI that routes between VNets)."),
  nodes: z
    .array(f.nodeName)
    .min(1, { error: "needs at least one node" })
    .optional()
    .describe(
      "Nodes that have the zone, with its VNets. Absent: all nodes of this config. The others keep their sessions and reflect.",
    ),
  mtu: f.mtu
    .default(1450)
    .describe(
      "MTU in bytes of VNets and guests. 1450 leaves room for VXLAN over IPv4 on a 1500 underlay.",
    ),
  exitNodes: z
    .array(f.nodeName)
    .default([])
    .describe("Nodes that route between the VRF and the outside."),
  primaryExitNode: f.nodeName.optional().describe("The exit node that the others prefer."),
  exitNodesLocalRouting: f.flag.default(false).describe("Lets the exit node itself reach guests."),
  advertiseSubnets: f.flag
    .default(false)
    .describe(
      "Announces whole subnets as type-5 routes, for silent hosts. Ignored by PVE on exit nodes.",
    ),
  disableArpNdSuppression: f.flag
    .default(false)
    .describe(
      "Turns ARP/ND suppression off, for guests whose addresses move without being announced.",
    ),
  rtImport: z
    .array(f.routeTarget)
    .default([])
    .describe("Route targets imported into the VRF beside the fabric's own."),
  rtExport: z
    .array(f.routeTarget)
    .default([])
    .describe(
      "Route targets on the VRF's routes beside the fabric's own, for edge routers to import.",
    ),
});

const subnetSchema = z.strictObject({
  key: f.key
    .optional()
    .describe("Names the resource for ever, in its VNet. Absent: the CIDR, in any VNet."),
  cidr: f.cidr.describe("The network, in canonical form: fd00:101::/64, 10.101.0.0/24."),
  gateway: f.ip.describe("Anycast gateway: the same address on every node."),
  snat: f.flag.default(false).describe("Exit nodes translate guests' addresses to their own."),
});

const vnetSchema = z.strictObject({
  key: f.key.optional().describe("Names the resource for ever. Absent: the id."),
  id: f.sdnId.describe("Id of the VNet; also the name of its bridge on every node."),
  vni: f.vni.describe("VNI of the VNet."),
  alias: f.alias.optional().describe("A description, shown in Proxmox VE's interface."),
  subnets: z
    .array(subnetSchema)
    .default([])
    .describe("Its networks, IPv6 and IPv4, in any number."),
});

const applySchema = z.strictObject({
  timeoutSeconds: f.seconds
    .default(600)
    .describe("Seconds that the apply may take on all nodes together."),
  foreignPending: z
    .enum(["refuse", "include"])
    .default("refuse")
    .describe(
      "Others' pending SDN changes. refuse: an update stops with their list. include: it applies them too.",
    ),
});

const destroySchema = z.strictObject({
  adopted: z
    .enum(["keep", "delete"])
    .default("keep")
    .describe("keep: a controller that was there before stays. delete: it goes with the rest."),
  force: f.flag
    .default(false)
    .describe(
      "Removes VNets that running guests still use, and lets the zone leave nodes where they run; those guests lose their network.",
    ),
});

const healthSchema = z.strictObject({
  timeoutSeconds: f.seconds
    .default(180)
    .describe("Seconds that the fabric may take to converge after an apply."),
});

/** The stack's config: one Pulumi config key (`proxmox-evpn:<key>`) for each field. */
export const configSchema = z.strictObject({
  cluster: clusterSchema.describe("The Proxmox VE cluster and its API."),
  ssh: sshSchema.prefault({}).describe("How the nodes are reached."),
  nodes: z
    .array(nodeSchema)
    .min(1, { error: "needs at least one node" })
    .describe("All nodes of the cluster that the fabric spans."),
  fabric: fabricSchema.describe("The underlay: what the mesh between the nodes is."),
  controller: controllerSchema.prefault({}).describe("Proxmox VE's EVPN controller."),
  zone: zoneSchema.describe("The EVPN zone: one VRF, in which all VNets are routed."),
  vnets: z.array(vnetSchema).default([]).describe("The VNets: one VXLAN network each."),
  frr: frrSchema.prefault({}).describe("What is written for FRR beside Proxmox VE's own lines."),
  apply: applySchema.prefault({}).describe("The apply: every node reloads its network."),
  destroy: destroySchema.prefault({}).describe("What `pulumi destroy` leaves."),
  health: healthSchema.prefault({}).describe("The look at every node after an apply."),
});

/** The config after defaults, with addresses in canonical form (RFC 5952). */
export type FabricConfig = z.output<typeof configSchema>;
/** The config as a person writes it. */
export type FabricConfigInput = z.input<typeof configSchema>;
export type NodeConfig = FabricConfig["nodes"][number];

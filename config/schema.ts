import { z } from "zod";
import { PVE_VERSIONS } from "../pve-model/types";
import * as f from "./fields";

/** Every default of the program stands in this file and nowhere else. Unknown keys are refused. */

const clusterSchema = z.strictObject({
  /** Name of the fabric in resource names and messages. */
  name: f.key.default("fabric"),
  /** Proxmox VE's version. Absent: the program does not depend on it yet. */
  pveVersion: z.enum(PVE_VERSIONS).optional(),
  /** Node whose `pvesh` is used for the controller and the apply. Absent: the first node. */
  entryNode: f.nodeName.optional(),
  api: z.strictObject({
    /** HTTPS address of the API, e.g. https://pve01.example.net:8006 */
    endpoint: z.url({ protocol: /^https$/, error: "is not an https:// address" }),
    /** File with the CA certificate (PEM) that signed the API's certificate, relative to the project. */
    caFile: z.string().min(1).optional(),
    /** Accept any certificate. Only for a first try: the API token is sent to whoever answers. */
    insecure: z.boolean().default(false),
  }),
});

export const sshSchema = z.strictObject({
  /** User on the nodes; must be able to write /etc/frr and run pvesh, which means root. */
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]*$/, { error: "is not a user name" })
    .default("root"),
  /** File with the private key, relative to the project; or set the secret `sshPrivateKey`. */
  privateKeyFile: z.string().min(1).optional(),
  /** Seconds to wait for a connection or for a command's next output. */
  timeoutSeconds: f.seconds.default(60),
});

const nodeSchema = z.strictObject({
  /** Name in the cluster, as `pvecm nodes` lists it. */
  name: f.nodeName,
  /** Address or host name that SSH connects to. */
  address: z.string().regex(/^[A-Za-z0-9:._-]+$/, { error: "is not an address or host name" }),
  /** SSH port. */
  port: f.port.default(22),
  /** Public host key in the form of authorized_keys. Needed before `pulumi up`, not for a preview. */
  hostKey: f.hostKey.optional(),
  /** Loopback addresses, announced over the mesh; the one that stands in `controller.peers` is the VTEP. */
  loopback: z
    .strictObject({ ipv4: f.ipv4.optional(), ipv6: f.ipv6.optional() })
    .refine((loopback) => loopback.ipv4 ?? loopback.ipv6, {
      error: "needs an ipv4 or an ipv6 address, or both",
    }),
  /** BGP router id. Only with `frr.owner: operator`: otherwise Proxmox VE derives it. */
  routerId: f.ipv4.optional(),
  /** Interfaces of the mesh to the other nodes; BGP runs on them unnumbered. */
  meshInterfaces: z.array(f.interfaceName).min(1, { error: "needs at least one interface" }),
});

const fabricSchema = z.strictObject({
  /** The cluster's AS number; all sessions between the nodes are internal (iBGP). */
  asn: f.asn,
  /** MTU in bytes of the mesh interfaces. */
  underlayMtu: f.mtu.default(1500),
});

const controllerSchema = z.strictObject({
  /** Id of the EVPN controller in Proxmox VE. An existing one of this id is adopted. */
  id: f.controllerId.default("frr"),
  /** VTEP addresses of all nodes. Absent: every node's IPv4 loopback. */
  peers: z.array(f.ip).min(1, { error: "needs at least one address" }).optional(),
});

const zoneSchema = z.strictObject({
  /** Id of the EVPN zone. */
  id: f.sdnId,
  /** VNI of the zone's VRF (the L3VNI that routes between VNets). */
  vrfVni: f.vni,
  /** MTU in bytes of VNets and guests. 1450 leaves room for VXLAN over IPv4 on a 1500 underlay. */
  mtu: f.mtu.default(1450),
  /** Nodes that route between the VRF and the outside. */
  exitNodes: z.array(f.nodeName).default([]),
  /** The exit node that the others prefer. */
  primaryExitNode: f.nodeName.optional(),
  /** Lets the exit node itself reach guests. */
  exitNodesLocalRouting: z.boolean().default(false),
  /** Announces whole subnets as type-5 routes, for silent hosts. Ignored by PVE on exit nodes. */
  advertiseSubnets: z.boolean().default(false),
  /** Turns ARP/ND suppression off, for guests whose addresses move without being announced. */
  disableArpNdSuppression: z.boolean().default(false),
  /** Route targets imported into the VRF beside the fabric's own. */
  rtImport: z.array(f.routeTarget).default([]),
});

const subnetSchema = z.strictObject({
  /** Names the resource for ever. Absent: the CIDR. */
  key: f.key.optional(),
  /** The network, in canonical form: fd00:101::/64, 10.101.0.0/24. */
  cidr: f.cidr,
  /** Anycast gateway: the same address on every node. */
  gateway: f.ip,
  /** Exit nodes translate guests' addresses to their own. */
  snat: z.boolean().default(false),
});

const vnetSchema = z.strictObject({
  /** Names the resource for ever. Absent: the id. */
  key: f.key.optional(),
  /** Id of the VNet; also the name of its bridge on every node. */
  id: f.sdnId,
  /** VNI of the VNet. */
  vni: f.vni,
  /** A description, shown in Proxmox VE's interface. */
  alias: f.alias.optional(),
  subnets: z.array(subnetSchema).default([]),
});

const frrSchema = z.strictObject({
  /** proxmox: PVE writes frr.conf, our block lives in frr.conf.local. operator: frr.conf is yours. */
  owner: z.enum(["proxmox", "operator"]).default("proxmox"),
  /** vtep: EVPN on PVE's sessions between loopbacks. mesh: also on the mesh neighbors. */
  evpnSessions: z.enum(["vtep", "mesh"]).default("vtep"),
  /** Nodes pass on each other's routes, so that the loss of a mesh link separates nobody. */
  routeReflection: z.boolean().default(true),
  /** Announces the gateways' addresses as type-2 routes. */
  advertiseSviIp: z.boolean().default(false),
});

const applySchema = z.strictObject({
  /** Seconds that the apply may take on all nodes together. */
  timeoutSeconds: f.seconds.default(600),
});

const destroySchema = z.strictObject({
  /** keep: a controller that was there before stays. delete: it goes with the rest. */
  adopted: z.enum(["keep", "delete"]).default("keep"),
});

const healthSchema = z.strictObject({
  /** Seconds that the fabric may take to converge after an apply. */
  timeoutSeconds: f.seconds.default(180),
});

/** The stack's config: one Pulumi config key (`proxmox-evpn:<key>`) for each field. */
export const configSchema = z.strictObject({
  cluster: clusterSchema,
  ssh: sshSchema.prefault({}),
  nodes: z.array(nodeSchema).min(1, { error: "needs at least one node" }),
  fabric: fabricSchema,
  controller: controllerSchema.prefault({}),
  zone: zoneSchema,
  vnets: z.array(vnetSchema).default([]),
  frr: frrSchema.prefault({}),
  apply: applySchema.prefault({}),
  destroy: destroySchema.prefault({}),
  health: healthSchema.prefault({}),
});

/** The config after defaults, with addresses in canonical form (RFC 5952). */
export type FabricConfig = z.output<typeof configSchema>;
/** The config as a person writes it. */
export type FabricConfigInput = z.input<typeof configSchema>;
export type NodeConfig = FabricConfig["nodes"][number];

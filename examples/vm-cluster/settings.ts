import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";

const subnetSchema = z.strictObject({ cidr: z.string(), gateway: z.string() });

/** The network section of the seed's `cluster.hcl`, name for name, and what it took for granted. */
const networkSchema = z.strictObject({
  /** true: the public interface stands in `vnet`. false: on `bridge_public` with tag `vlan_public`. */
  use_sdn: z.boolean(),
  /** Key of the fabric's VNet. */
  vnet: z.string().optional(),
  bridge_public: z.string(),
  /** 0: no tag. */
  vlan_public: z.number().int().min(0).max(4094),
  /** Bytes. */
  public_mtu: z.number().int().min(576).max(65520),
  /** Networks of the VLAN, for the machines' addresses there. */
  vlan_subnets: z.array(subnetSchema).default([]),
  /** A bridge of the nodes or a VNet. */
  bridge_mesh: z.string(),
  vlan_mesh: z.number().int().min(0).max(4094),
  mesh_mtu: z.number().int().min(576).max(65520),
});
export type NetworkSettings = z.infer<typeof networkSchema>;

const machineSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/),
  /** Node of the Proxmox cluster. */
  node: z.string(),
  vmId: z.number().int().min(100),
  /** Number of the machine's addresses in each subnet, counted from the subnet's own. */
  host: z.number().int().min(0),
});
export type Machine = z.infer<typeof machineSchema>;

const settingsSchema = z.strictObject({
  /** The fabric's stack, `ORGANIZATION/PROJECT/STACK`. Absent: there is none, and `use_sdn` is false. */
  fabric: z.string().optional(),
  api: z.strictObject({ endpoint: z.url(), insecure: z.boolean().default(false) }),
  network: networkSchema,
  machines: z.array(machineSchema).min(1),
  hardware: z
    .strictObject({
      cores: z.number().int().min(1).default(2),
      /** MiB. */
      memory: z.number().int().min(256).default(2048),
      datastore: z.string().default("local-lvm"),
      /** Volume id of a Talos image for `nocloud`, which takes addresses from cloud-init. */
      image: z.string().default("local:import/talos-nocloud-amd64.qcow2"),
    })
    .prefault({}),
});
export type Settings = z.infer<typeof settingsSchema>;

/** @throws Error that names every wrong setting */
export function parseSettings(raw: unknown): Settings {
  const parsed = settingsSchema.safeParse(raw);
  if (parsed.success) return parsed.data;
  const wrong = parsed.error.issues.map(
    ({ path, message }) => `  vm-cluster:${path.join(".")}: ${message}`,
  );
  throw new Error(`The config has ${wrong.length} mistake(s):\n${wrong.join("\n")}`);
}

/** The stack's settings. The token is apart, since it is a secret. */
export function loadSettings(config = new pulumi.Config()): Settings {
  const raw = Object.keys(settingsSchema.shape).map((key) => [
    key,
    key === "fabric" ? config.get(key) : config.getObject(key),
  ]);
  return parseSettings(Object.fromEntries(raw));
}

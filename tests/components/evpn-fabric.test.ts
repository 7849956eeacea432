import * as pulumi from "@pulumi/pulumi";
import { parseConfig } from "../../config/parse";
import type { FabricConfigInput } from "../../config/schema";
import { buildPlan } from "../../plan/plan";
import { intentOf } from "../../verify/intent";
import { identity, labConfig } from "../fixtures/stack-config";

interface Registered {
  type: string;
  name: string;
  inputs: Record<string, unknown>;
}

const registered: Registered[] = [];

beforeAll(() =>
  pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        registered.push({ type, name, inputs: inputs as Record<string, unknown> });
        return { id: `${name}-id`, state: inputs };
      },
      call: ({ inputs }) => inputs,
    },
    "proxmox-evpn",
    "lab",
    false,
  ),
);

async function register(changes: Partial<FabricConfigInput> = {}): Promise<Registered[]> {
  registered.length = 0;
  const { EvpnFabric } = await import("../../components/evpn-fabric");
  const plan = buildPlan(parseConfig(labConfig(changes)), identity);
  const fabric = new EvpnFabric("lab", {
    plan,
    intent: intentOf(plan),
    configHash: "config",
    api: {
      endpoint: "https://127.0.0.1:8006",
      insecure: false,
      token: pulumi.secret("root@pam!t=secret-token"),
    },
    privateKey: pulumi.secret("secret-key"),
    apply: { timeoutSeconds: 600, foreignPending: "refuse" },
    destroy: { adopted: "keep", force: false },
    healthTimeoutSeconds: 180,
  });
  await new Promise<void>((resolve) => fabric.urn.apply(() => resolve()));
  await pulumi.runtime.disconnect();
  return [...registered];
}

/** Inputs of the resource of that name; a component may carry the same name and has none. */
const named = (resources: Registered[], name: string) =>
  resources.find((each) => each.name === name && !each.type.startsWith("proxmox-evpn:"))?.inputs;
const ofType = (resources: Registered[], type: string) =>
  resources.filter((resource) => resource.type === type);

it("makes one resource for each object of the plan", async () => {
  const resources = await register();
  expect(ofType(resources, "command:remote:Command")).toHaveLength(3);
  expect(ofType(resources, "proxmoxve:sdn/vnet:Vnet")).toHaveLength(4);
  expect(ofType(resources, "proxmoxve:sdn/subnet:Subnet")).toHaveLength(8);
  expect(named(resources, "lab-zone")).toMatchObject({
    resourceId: "evpnz1",
    vrfVxlan: 4096,
    mtu: 1450,
    exitNodes: ["pve01", "pve02", "pve03"],
    rtImport: "65000:1",
  });
  expect(named(resources, "lab-controller")).toMatchObject({
    controllerId: "frr",
    asn: 4200001000,
  });
});

it("names VNets and subnets by their keys, so that a new id or CIDR keeps the resource", async () => {
  const { vnets = [] } = labConfig();
  const renamed = vnets.map((vnet) =>
    vnet.id === "vnet101" ? { ...vnet, key: "vnet101", id: "talos1" } : vnet,
  );
  const resources = await register({ vnets: renamed });
  expect(named(resources, "lab-zone-vnet101")).toMatchObject({ resourceId: "talos1", tag: 10101 });
});

it("sends the block by standard input and asks for the node's host key", async () => {
  const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA";
  const nodes = labConfig().nodes.map((node) => ({ ...node, hostKey }));
  const command = named(await register({ nodes }), "lab-pve02-frr-conf-local");
  expect(command?.stdin).toContain("neighbor VTEP update-source 10.255.0.2");
  expect(command?.triggers).toBeUndefined();
  expect(JSON.stringify(command?.connection)).toContain(hostKey);
});

it("keeps a retired node's block registered, so that nothing is run there to remove it", async () => {
  const nodes = labConfig().nodes.map((node) =>
    node.name === "pve03" ? { ...node, retired: true } : node,
  );
  const resources = await register({ nodes });
  expect(named(resources, "lab-pve03-frr-conf-local")).toMatchObject({ create: ":", delete: ":" });
  expect(JSON.stringify(named(resources, "lab-pve03-frr-conf-local"))).not.toContain("10.0.10.3");
  const others = resources.filter(({ name }) => !name.startsWith("lab-pve03"));
  // Health knows its name, so that links which may lead to it are not blamed.
  const text = JSON.stringify(others).replace(`"retired":["pve03"]`, "");
  expect(text).not.toMatch(/pve03|10\.255\.0\.3/);
});

it("gives no secret to a dynamic resource, whose properties stand in the state", async () => {
  const dynamic = (await register()).filter(({ type }) => type.startsWith("pulumi-nodejs:dynamic"));
  expect(dynamic.map(({ name }) => name).sort()).toEqual([
    "lab-apply",
    "lab-controller",
    "lab-guard-vnet100",
    "lab-guard-vnet101",
    "lab-guard-vnet102",
    "lab-guard-vnet103",
    "lab-health",
    "lab-preflight",
    "lab-pve01-probe",
    "lab-pve02-probe",
    "lab-pve03-probe",
    "lab-settle",
  ]);
  const text = JSON.stringify(dynamic);
  expect(text).not.toContain("secret-key");
  expect(text).not.toContain("secret-token");
  expect(text).toContain("providers/load.cjs");
});

it("applies again when a block or an object changes, and only then", async () => {
  const hashes = async (changes: Partial<FabricConfigInput>) => {
    const inputs = named(await register(changes), "lab-apply");
    return [JSON.stringify(inputs?.objects), inputs?.blocks];
  };
  const [objects, blocks] = await hashes({});
  const { vnets = [], nodes } = labConfig();
  expect(await hashes({ vnets: vnets.slice(1) })).toEqual([
    expect.not.stringContaining(objects as string),
    blocks,
  ]);
  expect(await hashes({ frr: { advertiseSviIp: true } })).toEqual([
    objects,
    expect.not.stringContaining(blocks as string),
  ]);
  const moved = nodes.map((node) => ({ ...node, port: 2222 }));
  expect(await hashes({ nodes: moved })).toEqual([objects, blocks]);
});

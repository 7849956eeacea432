import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { readNetworks, type Networks } from "../../../contract/reader";
import { attachmentOf, checkMachines } from "../../../examples/vm-cluster/attachment";
import {
  parseSettings,
  type NetworkSettings,
  type Settings,
} from "../../../examples/vm-cluster/settings";
import { fabricOutputs, stackOf } from "../contract/stack-outputs";

const file = path.join(__dirname, "../../../examples/vm-cluster/Pulumi.lab.yaml");
const { config } = parse(fs.readFileSync(file, "utf8")) as { config: Record<string, unknown> };
const raw = Object.fromEntries(
  Object.entries(config).map(([key, value]) => [key.replace("vm-cluster:", ""), value]),
);
const settings: Settings = parseSettings(raw);

let networks: Networks;
beforeAll(async () => (networks = await readNetworks(stackOf(fabricOutputs()))));

const network = (changes: Partial<NetworkSettings> = {}): NetworkSettings => ({
  ...settings.network,
  ...changes,
});

describe("use_sdn = true", () => {
  it("stands in the VNet: no tag, the VNet's MTU, its addresses and gateways", () => {
    const attachment = attachmentOf(network(), networks);
    expect(attachment.public).toEqual({ bridge: "vnet101", vlan: 0, mtu: 1450 });
    expect(attachment.addresses(31)).toEqual({
      ipv6: {
        address: "fd00:101::1f",
        prefix: 64,
        cidr: "fd00:101::1f/64",
        gateway: "fd00:101::1",
      },
      ipv4: { address: "10.101.0.31", prefix: 24, cidr: "10.101.0.31/24", gateway: "10.101.0.1" },
    });
  });

  it("takes nothing of bridge_public, vlan_public and public_mtu", () => {
    const other = network({ bridge_public: "vmbr9", vlan_public: 9, public_mtu: 9000 });
    expect(attachmentOf(other, networks).public).toEqual(attachmentOf(network(), networks).public);
  });

  it("needs a VNet that the fabric has", () => {
    expect(() => attachmentOf(network({ vnet: "vnet109" }), networks)).toThrow(
      /has no VNet 'vnet109'/,
    );
    expect(() => attachmentOf(network({ vnet: undefined }), networks)).toThrow(
      /network\.vnet names/,
    );
    expect(() => attachmentOf(network())).toThrow(/vm-cluster:fabric names/);
  });
});

describe("use_sdn = false", () => {
  const vlan = () => network({ use_sdn: false });

  it("stands on bridge_public with its tag and MTU", () => {
    const attachment = attachmentOf(vlan(), networks);
    expect(attachment.public).toEqual({ bridge: "vmbr0", vlan: 101, mtu: 1500 });
    expect(attachment.addresses(31).ipv6).toEqual({
      address: "fd00:1:101::1f",
      prefix: 64,
      cidr: "fd00:1:101::1f/64",
      gateway: "fd00:1:101::1",
    });
  });

  it("needs no fabric: the way back works without one", () => {
    const attachment = attachmentOf({ ...vlan(), bridge_mesh: "vmbr1" });
    expect(attachment.mesh).toEqual({ bridge: "vmbr1", vlan: 0, mtu: 8930 });
    expect(attachment.nodes).toBeUndefined();
  });

  it("has no addresses where none are written", () => {
    expect(attachmentOf({ ...vlan(), vlan_subnets: [] }).addresses(31)).toEqual({});
  });
});

describe("the mesh interface", () => {
  it("is capped by a VNet's MTU, with a warning", () => {
    const { mesh, warnings } = attachmentOf(network(), networks);
    expect(mesh).toEqual({ bridge: "vnet101", vlan: 0, mtu: 1450 });
    expect(warnings).toEqual([
      "network.mesh_mtu is 8930, but vnet101 carries 1450 bytes: the mesh interfaces get 1450.",
    ]);
  });

  it("keeps a smaller MTU, and a node's bridge keeps everything", () => {
    expect(attachmentOf(network({ mesh_mtu: 1400 }), networks)).toMatchObject({
      mesh: { mtu: 1400 },
      warnings: [],
    });
    const bridge = network({ bridge_mesh: "vmbr1", vlan_mesh: 7 });
    expect(attachmentOf(bridge, networks)).toMatchObject({
      mesh: { bridge: "vmbr1", vlan: 7, mtu: 8930 },
      warnings: [],
    });
  });

  it("takes no tag in a VNet, with a warning", () => {
    const { mesh, warnings } = attachmentOf(network({ vlan_mesh: 7, mesh_mtu: 1450 }), networks);
    expect(mesh.vlan).toBe(0);
    expect(warnings).toEqual([expect.stringContaining("vnet101 is a VNet and takes no tag")]);
  });
});

describe("the machines", () => {
  const check = (change: (machines: Settings["machines"]) => void) => {
    const machines = structuredClone(settings.machines);
    change(machines);
    return () => checkMachines(machines, attachmentOf(network(), networks));
  };

  it("of the lab fit", () => {
    expect(check(() => undefined)).not.toThrow();
  });

  it("are told all at once what does not fit", () => {
    const wrong = check((machines) => {
      machines.forEach((machine) => Object.assign(machine, { vmId: 1011, host: 1 }));
      Object.assign(machines[0] as object, { node: "pve09" });
    });
    expect(wrong).toThrow(/1011 is the number of two machines/);
    expect(wrong).toThrow(/Two machines are host 1/);
    expect(wrong).toThrow(/talos-101-1: the VNet is not on pve09; it is on pve01, pve02, pve03/);
    expect(wrong).toThrow(/talos-101-2: Host 1 of fd00:101::\/64 \(vnet101\) is the gateway/);
  });
});

it("a wrong config names every setting", () => {
  const wrong = () =>
    parseSettings({ ...raw, network: { ...network(), use_sdn: "yes" }, machines: [] });
  expect(wrong).toThrow(/2 mistake\(s\)/);
  expect(wrong).toThrow(/vm-cluster:network\.use_sdn/);
  expect(wrong).toThrow(/vm-cluster:machines/);
});

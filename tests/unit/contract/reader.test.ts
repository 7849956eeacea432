import type * as pulumi from "@pulumi/pulumi";
import { ContractError, nicFor, readNetworks, StackOutputs } from "../../../contract/reader";
import { fabricOutputs, stackOf } from "./stack-outputs";

const read = (changes: Record<string, unknown> = {}) =>
  readNetworks(stackOf({ ...fabricOutputs(), ...changes }));

it("takes a real stack reference: Pulumi's class has the shape that the reader asks for", () => {
  const asRead = (reference: pulumi.StackReference): StackOutputs => reference;
  expect(asRead).toBeDefined();
});

it("reads what a fabric's stack offers", async () => {
  const networks = await read();
  expect(networks.networks).toEqual(fabricOutputs().networks);
  expect(networks.verified).toEqual(fabricOutputs().verified);
});

it("reads outputs that Pulumi marks as secret", async () => {
  const networks = await readNetworks(stackOf(fabricOutputs(), ["networks", "verified"]));
  expect(Object.keys(networks.networks)).toContain("vnet101");
});

it("gives a guest's interface its bridge, MTU and nodes, and never a VLAN tag", async () => {
  expect(nicFor(await read(), "vnet101")).toEqual({
    bridge: "vnet101",
    vlanTag: null,
    mtu: 1450,
    nodes: ["pve01", "pve02", "pve03"],
  });
});

it.each(["vnet999", "constructor", "__proto__"])(
  "answers an unknown VNet (%s) with the known ones",
  async (vnet) => {
    const networks = await read();
    expect(() => nicFor(networks, vnet)).toThrow(
      new ContractError(
        `The fabric has no VNet '${vnet}'; it has vnet100, vnet101, vnet102, vnet103.`,
      ),
    );
  },
);

it.each([
  ["a stack that is no fabric's", { contractVersion: undefined }, /not a fabric's stack/],
  [
    "a newer contract",
    { contractVersion: 2 },
    /speaks contract version 2; this reader knows version 1/,
  ],
  ["a version that is text", { contractVersion: "1" }, /speaks contract version "1"/],
  ["a fabric that was never verified", { verified: undefined }, /never seen to carry packets/],
  ["a verification without a time", { verified: { planHash: "x" } }, /never seen to carry packets/],
  ["no networks", { networks: undefined }, /no output `networks`/],
  ["networks as a list", { networks: [] }, /no output `networks`/],
  ["a network without an MTU", { networks: { a: { bridge: "a" } } }, /networks\.a of the fabric's/],
])("refuses %s", async (_, changes, message) => {
  await expect(read(changes)).rejects.toThrow(message);
  await expect(read(changes)).rejects.toBeInstanceOf(ContractError);
});

it("names the subnet that is not one", async () => {
  const { networks } = fabricOutputs() as { networks: Record<string, { subnets: unknown[] }> };
  networks.vnet101?.subnets.push({ cidr: "10.0.0.0/8", family: "ipv5", gateway: "10.0.0.1" });
  await expect(read({ networks })).rejects.toThrow("networks.vnet101.subnets[2]");
});

it("ignores fields that this version does not know", async () => {
  const { networks } = fabricOutputs() as { networks: Record<string, Record<string, unknown>> };
  const later = { ...networks.vnet101, multicast: true };
  const result = await read({ networks: { vnet101: later } });
  expect(result.networks.vnet101).toEqual(networks.vnet101);
});

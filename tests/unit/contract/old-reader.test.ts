import * as fs from "node:fs";
import * as path from "node:path";
import { CONTRACT_VERSION } from "../../../contract/types";
import * as oldAddresses from "../../fixtures/contract-v1/addresses";
import * as oldReader from "../../fixtures/contract-v1/reader";
import { fabricOutputs, stackOf } from "./stack-outputs";

/** Programs hold copies of contract/; this is one of version 1's first day. */
it("an old reader reads today's output, as long as the version is its own", async () => {
  // Raising CONTRACT_VERSION is allowed; then this test's expectation becomes the clear refusal.
  expect(CONTRACT_VERSION).toBe(1);
  const networks = await oldReader.readNetworks(stackOf(fabricOutputs()));
  expect(oldReader.nicFor(networks, "vnet101")).toEqual({
    bridge: "vnet101",
    vlanTag: null,
    mtu: 1450,
    nodes: ["pve01", "pve02", "pve03"],
  });
  expect(oldAddresses.addressFor(networks, "vnet101", 21)).toEqual({
    ipv6: { address: "fd00:101::15", prefix: 64, cidr: "fd00:101::15/64", gateway: "fd00:101::1" },
    ipv4: { address: "10.101.0.21", prefix: 24, cidr: "10.101.0.21/24", gateway: "10.101.0.1" },
  });
});

it("an old reader refuses a version that came after it, and says what to do", async () => {
  const later = { ...fabricOutputs(), contractVersion: 2 };
  await expect(oldReader.readNetworks(stackOf(later))).rejects.toThrow(
    /version 2; this reader knows version 1\. Take the contract\/ folder/,
  );
});

it("contract/ imports nothing but itself, so that a copy of it works anywhere", () => {
  const folder = path.join(__dirname, "..", "..", "..", "contract");
  const imports = fs
    .readdirSync(folder)
    .flatMap((file) => [
      ...fs
        .readFileSync(path.join(folder, file), "utf8")
        .matchAll(/\b(?:from|require\() *"([^"]+)"/g),
    ])
    .map(([, module]) => module);
  expect(imports.length).toBeGreaterThan(0);
  expect(imports.filter((module) => !module?.startsWith("./"))).toEqual([]);
});

import * as pulumi from "@pulumi/pulumi";
import { loadConfig, warnOf } from "../../../config/load";
import { ConfigError } from "../../../config/violation";
import { labConfig } from "../../fixtures/stack-config";

/** The config as the engine hands it over: text for each key, JSON for mappings and lists. */
function engineHands(changes: Record<string, string | undefined>): void {
  const sections = Object.entries(labConfig()).map(([key, value]): [string, string] => [
    `proxmox-evpn:${key}`,
    JSON.stringify(value),
  ]);
  const all = Object.entries({ ...Object.fromEntries(sections), ...changes });
  pulumi.runtime.setAllConfig(
    Object.fromEntries(all.filter((entry): entry is [string, string] => entry[1] !== undefined)),
  );
}

function refused(changes: Record<string, string | undefined>): string[] {
  engineHands(changes);
  try {
    loadConfig();
  } catch (error) {
    if (error instanceof ConfigError) return error.violations.map(({ path }) => path);
    throw error;
  }
  return [];
}

// Names the project and makes it a preview, in which a stack without host keys and secrets is loaded.
beforeAll(() =>
  pulumi.runtime.setMocks(
    { newResource: ({ name }) => ({ id: name, state: {} }), call: () => ({}) },
    "proxmox-evpn",
    "test",
    true,
  ),
);

// What a preview lacks is warned about; those lines are not this test's.
beforeEach(() => jest.spyOn(pulumi.log, "warn").mockResolvedValue());
afterEach(() => jest.restoreAllMocks());

it("reads the sections that the engine hands over, and leaves other programs' keys alone", () => {
  expect(refused({ "pulumi:tags": "{}", "aws:region": "eu-central-1" })).toEqual([]);
});

it.each([
  ["a section as plain text", { "proxmox-evpn:zone": "evpnz1" }, ["zone"]],
  ["an empty section", { "proxmox-evpn:zone": "" }, ["zone"]],
  ["a section as a number", { "proxmox-evpn:vnets": "42" }, ["vnets"]],
  ["an absent section", { "proxmox-evpn:fabric": undefined }, ["fabric"]],
  ["an unknown key of text", { "proxmox-evpn:colour": "red" }, ["colour"]],
  ["an unknown key that holds JSON", { "proxmox-evpn:zones": "{}" }, ["zones"]],
  ["a path without --path", { "proxmox-evpn:zone.mtu": "1400" }, ["zone.mtu"]],
])("refuses %s", (_what, changes, paths) => {
  expect(refused(changes)).toEqual(paths);
});

it("refuses several at once", () => {
  expect(refused({ "proxmox-evpn:zone": "a", "proxmox-evpn:frr": "b" })).toEqual(["zone", "frr"]);
});

it("does not take the secrets for sections", () => {
  expect(refused({ "proxmox-evpn:apiToken": "t", "proxmox-evpn:sshPrivateKey": "k" })).toEqual([]);
});

it("warns with path, value, reason and remedy", () => {
  warnOf([{ path: "zone.mtu", value: 1450, reason: "is large", remedy: "Use less" }]);
  expect(pulumi.log.warn).toHaveBeenCalledTimes(1);
  expect(pulumi.log.warn).toHaveBeenCalledWith("zone.mtu = 1450: is large. Use less.");
});

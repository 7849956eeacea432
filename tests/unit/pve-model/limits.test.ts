import * as limits from "../../../pve-model/limits";

/** The calls of `pvesh` with their answers that were recorded on all three versions. */
describe("what Proxmox VE accepted and refused", () => {
  it.each([
    ["frr", true],
    ["my-frr_1", true],
    ["f", false],
    ["1frr", false],
    ["frr-", false],
    ["a".repeat(64), true],
    ["a".repeat(65), false],
  ])("controller id %s: %s", (id, accepted) => {
    expect(limits.CONTROLLER_ID_PATTERN.test(id)).toBe(accepted);
  });

  it.each([
    ["evpnz1", true],
    ["ab", true],
    ["e", false],
    ["evpn-z1", false],
    ["evpnzone1", false],
    ["1zone", false],
  ])("zone and VNet id %s: %s", (id, accepted) => {
    expect(limits.ZONE_ID_PATTERN.test(id)).toBe(accepted);
  });

  it.each([
    [1, true],
    [16777215, true],
    [0, false],
    [16777216, false],
  ])("VNI %s: %s", (vni, accepted) => {
    expect(vni >= limits.VNI_MIN && vni <= limits.VNI_MAX).toBe(accepted);
  });

  it.each([
    ["65000:1", true],
    ["65000", false],
    ["10.0.0.1:1", false],
    ["", false],
  ])("route target %s: %s", (target, accepted) => {
    expect(limits.ROUTE_TARGET_PATTERN.test(target)).toBe(accepted);
  });

  it.each([
    ["General Workloads", true],
    ["(a) b-c_d.e", true],
    ["bad: x/y, é", false],
    ["a@b", false],
    ["bad [x]", false],
    ["a".repeat(257), false],
  ])("alias %s: %s", (alias, accepted) => {
    expect(limits.ALIAS_PATTERN.test(alias)).toBe(accepted);
  });

  it.each([
    ["pve01", true],
    ["bad node!", false],
    ["-pve", false],
  ])("node name %s: %s", (name, accepted) => {
    expect(limits.NODE_NAME_PATTERN.test(name)).toBe(accepted);
  });
});

it("splits lists as PVE writes them", () => {
  expect(limits.splitList("a,b; c  d")).toEqual(["a", "b", "c", "d"]);
  expect(limits.splitList(undefined)).toEqual([]);
});

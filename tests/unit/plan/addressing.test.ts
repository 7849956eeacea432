import fc from "fast-check";
import * as ipaddr from "ipaddr.js";
import {
  autoRouteTarget,
  canonicalCidr,
  contains,
  isUsableHost,
  overlaps,
  subnetId,
  unmapped,
  vxlanOverhead,
} from "../../../plan/addressing";

const ipv4Cidr = fc
  .tuple(fc.ipV4(), fc.integer({ min: 0, max: 32 }))
  .map(([address, prefix]) => `${address}/${prefix}`);
const ipv6Cidr = fc
  .tuple(fc.uint8Array({ minLength: 16, maxLength: 16 }), fc.integer({ min: 0, max: 128 }))
  .map(([bytes, prefix]) => `${new ipaddr.IPv6([...bytes]).toString()}/${prefix}`);
const anyCidr = fc.oneof(ipv4Cidr, ipv6Cidr);

describe("canonicalCidr", () => {
  it.each([
    ["FD00:100:0::/64", "fd00:100::/64"],
    ["fd00:0100::/64", "fd00:100::/64"],
    ["fd00:100::1/64", "fd00:100::/64"],
    ["10.5.0.9/24", "10.5.0.0/24"],
    ["::/0", "::/0"],
  ])("%s is %s", (written, canonical) => expect(canonicalCidr(written)).toBe(canonical));

  it("is idempotent and holds the address it came from", () => {
    fc.assert(
      fc.property(anyCidr, (cidr) => {
        const canonical = canonicalCidr(cidr);
        expect(canonicalCidr(canonical)).toBe(canonical);
        expect(contains(canonical, cidr.split("/")[0] as string)).toBe(true);
      }),
    );
  });
});

describe("overlaps", () => {
  it("is symmetric, and true exactly when some address lies in both", () => {
    fc.assert(
      fc.property(ipv4Cidr, ipv4Cidr, (a, b) => {
        const [baseA, baseB] = [canonicalCidr(a), canonicalCidr(b)].map(
          (c) => c.split("/")[0] as string,
        );
        expect(overlaps(a, b)).toBe(overlaps(b, a));
        expect(overlaps(a, b)).toBe(contains(a, baseB as string) || contains(b, baseA as string));
      }),
    );
  });

  it("never joins IPv4 and IPv6", () => {
    expect(overlaps("0.0.0.0/0", "::/0")).toBe(false);
    expect(contains("::/0", "10.0.0.1")).toBe(false);
  });
});

describe("unmapped", () => {
  it.each([
    ["::ffff:10.255.0.1", "10.255.0.1"],
    ["::ffff:aff:1", "10.255.0.1"],
    ["fd00:255::1", "fd00:255::1"],
    ["10.255.0.1", "10.255.0.1"],
    ["vrfbr_evpnz1", "vrfbr_evpnz1"],
  ])("%s is %s", (address, plain) => expect(unmapped(address)).toBe(plain));
});

describe("isUsableHost", () => {
  it.each([
    ["10.101.0.0/24", "10.101.0.0", false],
    ["10.101.0.0/24", "10.101.0.255", false],
    ["10.101.0.0/24", "10.101.0.1", true],
    ["fd00:101::/64", "fd00:101::", false],
    ["fd00:101::/64", "fd00:101::ffff", true],
    ["10.101.0.0/31", "10.101.0.0", true],
    ["fd00:101::/127", "fd00:101::", true],
  ])("in %s, %s: %s", (cidr, address, usable) => expect(isUsableHost(cidr, address)).toBe(usable));
});

it("truncates a 4-byte ASN in the automatic route target, as FRR does", () => {
  expect(autoRouteTarget(4200001000, 4096)).toBe("60904:4096");
  expect(autoRouteTarget(65000, 10101)).toBe("65000:10101");
});

it("names subnets as PVE does", () => {
  expect(subnetId("evpnz1", "fd00:100::/64")).toBe("evpnz1-fd00:100::-64");
});

it("knows VXLAN's cost over either family", () => {
  expect([vxlanOverhead("ipv4"), vxlanOverhead("ipv6")]).toEqual([50, 70]);
});

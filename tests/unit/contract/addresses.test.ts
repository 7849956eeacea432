import * as fc from "fast-check";
import * as ipaddr from "ipaddr.js";
import { isIP } from "node:net";
import { addressFor } from "../../../contract/addresses";
import { bitsOf, Family, formatAddress, parseAddress, parseNetwork } from "../../../contract/ip";
import { ContractError, Networks, readNetworks } from "../../../contract/reader";
import type { ContractSubnet } from "../../../contract/types";
import { fabricOutputs, stackOf } from "./stack-outputs";

const family = fc.constantFrom<Family>("ipv4", "ipv6");
const valueOf = (each: Family) => fc.bigInt(0n, (1n << BigInt(bitsOf(each))) - 1n);
const address = family.chain((each) => fc.tuple(fc.constant(each), valueOf(each)));

describe("address texts", () => {
  it("are read back as they were written, and another library agrees", () => {
    fc.assert(
      fc.property(address, ([each, value]) => {
        const text = formatAddress(value, each);
        expect(parseAddress(text, each)).toBe(value);
        expect(isIP(text)).toBe(each === "ipv4" ? 4 : 6);
        const bytes = ipaddr.parse(text).toByteArray();
        expect(bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n)).toBe(value);
        if (each === "ipv6") expect(text).toBe(ipaddr.IPv6.parse(text).toRFC5952String());
      }),
    );
  });

  // Addresses full of zeros, where the run that becomes `::` is chosen.
  it("with runs of zeros are shortened as RFC 5952 says", () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(0, 0, 1, 0xdb8), { minLength: 8, maxLength: 8 }),
        (groups) => {
          const value = groups.reduce((sum, group) => (sum << 16n) | BigInt(group), 0n);
          const text = groups.map((group) => group.toString(16)).join(":");
          expect(formatAddress(value, "ipv6")).toBe(ipaddr.IPv6.parse(text).toRFC5952String());
        },
      ),
    );
  });

  it.each([
    ["ipv4", "10.0.0"],
    ["ipv4", "10.0.0.256"],
    ["ipv4", "10.0.0.01"],
    ["ipv4", "fd00::1"],
    ["ipv6", "fd00::1::2"],
    ["ipv6", "fd00:1:2:3:4:5:6"],
    ["ipv6", "1:2:3:4:5:6:7::8"],
    ["ipv6", "fd00::g"],
    ["ipv6", "::ffff:10.0.0.256"],
    ["ipv6", ""],
  ] as const)("%s '%s' is none", (each, text) => {
    expect(parseAddress(text, each)).toBeUndefined();
    expect(isIP(text) === (each === "ipv4" ? 4 : 6)).toBe(false);
  });

  it("an IPv6 address may end as IPv4", () => {
    expect(parseAddress("::ffff:10.1.2.3", "ipv6")).toBe(0xffff0a010203n);
  });

  it.each(["10.0.0.0", "10.0.0.0/33", "10.0.0.0/8/9", "10.0.0.0/-1", "10.0.0.0/08"])(
    "%s is no network",
    (text) => expect(parseNetwork(text, "ipv4")).toBeUndefined(),
  );
});

/** Contract with one VNet `v`. */
const one = (...subnets: Partial<ContractSubnet>[]): Networks => ({
  networks: {
    v: {
      bridge: "v",
      zone: "z",
      vni: 1,
      vlanTag: null,
      mtu: 1450,
      nodes: ["pve01"],
      subnets: subnets.map((subnet) => ({
        cidr: "10.0.0.0/24",
        family: "ipv4",
        gateway: "10.0.0.1",
        snat: false,
        ...subnet,
      })),
    },
  },
  verified: { at: "2026-11-24T15:00:00Z", planHash: "0" },
});

/** Any subnet, its gateway inside, and a host number around its edges. */
const subnetAndHost = family.chain((each) =>
  fc
    .tuple(
      fc.integer({ min: 1, max: bitsOf(each) }),
      valueOf(each),
      fc.nat(),
      fc.boolean(),
      fc.nat(),
    )
    .map(([prefix, value, offset, atEnd, step]) => {
      const size = 1n << BigInt(bitsOf(each) - prefix);
      const base = value - (value % size);
      const gateway = formatAddress(base + (BigInt(offset) % size), each);
      const near = BigInt(step % 4);
      const host = atEnd ? (size > near ? size - 1n - near : 0n) : BigInt(step) % (size + 2n);
      return { family: each, prefix, base, size, gateway, host };
    }),
);

describe("addressFor", () => {
  it("gives an address inside of the subnet that is nobody else's, or refuses", () => {
    fc.assert(
      fc.property(subnetAndHost, ({ family: each, prefix, base, size, gateway, host }) => {
        const cidr = `${formatAddress(base, each)}/${prefix}`;
        const networks = one({ cidr, family: each, gateway });
        const reserved =
          host >= size ||
          base + host === parseAddress(gateway, each) ||
          (size > 2n && (host === 0n || (each === "ipv4" && host === size - 1n)));
        if (reserved) {
          expect(() => addressFor(networks, "v", host)).toThrow(ContractError);
          return;
        }
        const given = addressFor(networks, "v", host)[each];
        const range = ipaddr.parseCIDR(cidr);
        expect(ipaddr.parse(given?.address ?? "").match(range)).toBe(true);
        expect(parseAddress(given?.address ?? "", each)).toBe(base + host);
        expect(given).toMatchObject({ prefix, gateway, cidr: `${given?.address}/${prefix}` });
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [256, /Host 256 of 10\.0\.0\.0\/24 \(v\) is outside of it: the last one is 255/],
    [0, /is the network's own address/],
    [255, /is the broadcast address/],
    [1, /is the gateway/],
    [-1, /whole number from 0 on, not -1/],
    [1.5, /not 1\.5/],
    [Number.MAX_SAFE_INTEGER + 1, /whole number/],
  ])("host %s is refused", (host, message) => {
    expect(() => addressFor(one({}), "v", host)).toThrow(message);
  });

  it("host 0 of an IPv6 subnet is every router's", () => {
    const networks = one({ cidr: "fd00::/64", family: "ipv6", gateway: "fd00::1" });
    expect(() => addressFor(networks, "v", 0)).toThrow(/routers' anycast address/);
    expect(addressFor(networks, "v", 255).ipv6?.address).toBe("fd00::ff");
  });

  it("a gateway is the gateway however it is written", () => {
    const networks = one({ cidr: "fd00::/64", family: "ipv6", gateway: "FD00:0::0:0001" });
    expect(() => addressFor(networks, "v", 1)).toThrow(/is the gateway/);
  });

  it("both addresses of a point-to-point subnet are hosts' (RFC 3021, RFC 6164)", () => {
    const networks = one(
      { cidr: "10.0.0.0/31", gateway: "10.0.0.1" },
      { cidr: "fd00::/127", family: "ipv6", gateway: "fd00::1" },
    );
    expect(addressFor(networks, "v", 0)).toMatchObject({
      ipv4: { address: "10.0.0.0" },
      ipv6: { address: "fd00::" },
    });
  });

  it("two subnets of one family need a choice", () => {
    const networks = one({}, { cidr: "10.0.1.0/24", gateway: "10.0.1.1" });
    expect(() => addressFor(networks, "v", 9)).toThrow(
      /v has several ipv4 subnets \(10\.0\.0\.0\/24, 10\.0\.1\.0\/24\): pick one/,
    );
    const picked = addressFor(networks, "v", 9, ({ cidr }) => cidr === "10.0.1.0/24");
    expect(picked).toEqual({
      ipv4: { address: "10.0.1.9", prefix: 24, cidr: "10.0.1.9/24", gateway: "10.0.1.1" },
    });
  });

  it("a number that fits one family only is taken with a choice", async () => {
    const networks = await readNetworks(stackOf(fabricOutputs()));
    expect(() => addressFor(networks, "vnet101", 300)).toThrow(/Host 300 of 10\.101\.0\.0\/24/);
    const picked = addressFor(networks, "vnet101", 300, (subnet) => subnet.family === "ipv6");
    expect(picked).toMatchObject({ ipv6: { address: "fd00:101::12c" } });
  });

  it("says when no subnet is left, and lists the known VNets for an unknown one", async () => {
    const networks = await readNetworks(stackOf(fabricOutputs()));
    expect(() => addressFor(networks, "vnet101", 9, () => false)).toThrow(
      /no subnet to take an address from; its subnets: fd00:101::\/64, 10\.101\.0\.0\/24/,
    );
    expect(() => addressFor(networks, "v", 9)).toThrow(/has no VNet 'v'; it has vnet100/);
  });

  it("a subnet that is no network is the fabric's mistake", () => {
    expect(() => addressFor(one({ cidr: "10.0.0.0/99" }), "v", 9)).toThrow(/not an ipv4 network/);
  });
});

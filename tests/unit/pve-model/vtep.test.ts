import { generateNodeFiles } from "../../../pve-model/generate";
import { NodeInput, PVE_VERSIONS, PveVersion } from "../../../pve-model/types";
import { deriveRouterId, findLocalVtep, NO_ROUTER_ID } from "../../../pve-model/vtep";
import { vector } from "./vector-files";

const MANAGEMENT =
  "auto vmbr0\niface vmbr0 inet static\n\taddress 10.0.10.2/24\n\tbridge-ports eno1\n";
const PEERS4 = ["10.255.0.1", "10.255.0.2", "10.255.0.3"];
const PEERS6 = ["fd00:255::1", "fd00:255::2", "fd00:255::3"];

/** pve02, from which the routes to the first peer leave as its kernel says. */
function node(loopback: string, more: Partial<NodeInput> = {}): NodeInput {
  return {
    node: "pve02",
    runningConfig: {},
    interfaces: `${loopback}\n${MANAGEMENT}`,
    frrConfLocal: null,
    routes: {
      "10.255.0.1": "10.0.10.2,vmbr0",
      "fd00:255::1": "fd00:255::2,enp1s0f0np0",
    },
    ...more,
  };
}

describe("the VTEP address is found", () => {
  it.each([
    [
      "lo with families apart",
      "iface lo inet loopback\n\taddress 10.255.0.2/32\n\niface lo inet6 loopback\n\taddress fd00:255::2/128\n",
    ],
    [
      "a dummy's stanza",
      "iface d0 inet static\n\taddress 10.255.0.2/32\n\niface d0 inet6 static\n\taddress fd00:255::2/128\n",
    ],
    [
      "IPv6 before IPv4 in one stanza",
      "iface lo inet loopback\n\taddress fd00:255::2/128\n\taddress 10.255.0.2/32\n",
    ],
  ])("with %s", (_, loopback) => {
    expect(findLocalVtep(PEERS4, node(loopback))?.address).toBe("10.255.0.2");
  });
});

describe("the management address is taken instead, silently", () => {
  it.each([
    [
      "IPv4 before IPv6 in one stanza",
      "iface lo inet loopback\n\taddress 10.255.0.2/32\n\taddress fd00:255::2/128\n",
    ],
    [
      "a second IPv4 address behind it",
      "iface lo inet loopback\n\taddress 10.255.0.2/32\n\taddress 10.9.9.9/32\n",
    ],
    ["`up ip addr add`", "iface lo inet loopback\n\tup ip addr add 10.255.0.2/32 dev lo\n"],
    ["nothing declared", "iface lo inet loopback\n"],
  ])("with %s", (_, loopback) => {
    expect(findLocalVtep(PEERS4, node(loopback))).toEqual({
      address: "10.0.10.2",
      device: "vmbr0",
    });
  });

  it("so that the node peers with itself", () => {
    const { input } = vector("loopback-peers-local", "9.1", "pve02");
    const interfaces = input.interfaces.replace("10.255.0.2/32", "10.255.9.9/32");
    const routes = { ...input.routes, "10.255.0.1": "10.0.10.2,vmbr0" };
    const files = generateNodeFiles("9.1", { ...input, interfaces, routes });
    expect(files.interfacesDSdn).toContain("vxlan-local-tunnelip 10.0.10.2");
    expect(files.frrConf).toContain("neighbor 10.255.0.2 peer-group VTEP");
    expect(files.frrConf).toContain("bgp router-id 10.0.10.2");
  });
});

describe("a stanza", () => {
  const found = (interfaces: string) => findLocalVtep(PEERS4, node(interfaces))?.device;

  it("ends at the next auto, allow or source line", () => {
    expect(found("iface a inet manual\nauto b\n\taddress 10.255.0.2/32\n")).toBe("vmbr0");
  });

  it("may stand without a prefix length, in blanks or tabs, among comments", () => {
    expect(found("iface a inet static\n    # address 1.2.3.4\n    address 10.255.0.2\n")).toBe("a");
  });
});

it("a node without a declared address and without a route gets no file", () => {
  const { input } = vector("loopback-peers-local", "9.1", "pve02");
  const interfaces = input.interfaces.replace("10.255.0.2/32", "10.255.9.9/32");
  const files = generateNodeFiles("9.1", { ...input, interfaces });
  expect(files).toMatchObject({ frrConf: null, interfacesDSdn: null });
  expect(files.frrError).toContain("no route leads to the first");
});

describe("the router id", () => {
  const routerId = (version: PveVersion, peers: string[], input: NodeInput) => {
    const vtep = findLocalVtep(peers, input);
    return vtep && deriveRouterId(version, vtep, input);
  };
  const lo = "iface lo inet6 loopback\n\taddress fd00:255::2/128\n";

  it.each(PVE_VERSIONS)("is the IPv4 VTEP address on %s", (version) => {
    const loopback = "iface lo inet loopback\n\taddress 10.255.0.2/32\n";
    expect(routerId(version, PEERS4, node(loopback))).toBe("10.255.0.2");
  });

  it.each(["8.4", "9.1"] as const)("is the MAC of the device's bridge on %s", (version) => {
    const macs = { enp1s0f0np0: "bc:24:11:00:00:02", vmbr1: "bc:24:0a:0b:0c:0d" };
    expect(routerId(version, PEERS6, node(lo, { macs }))).toBeNull();
    const bridged = `${lo}\niface vmbr1 inet manual\n\tbridge-ports enp1s0f0np0 eno9\n`;
    expect(routerId(version, PEERS6, node(bridged, { macs }))).toBe("10.11.12.13");
  });

  it("is the MAC of the device itself on 9.2-pre, and lo has none", () => {
    const macs = { enp1s0f0np0: "bc:24:11:00:00:02", lo: "00:00:00:00:00:00" };
    expect(routerId("9.2-pre", PEERS6, node(lo, { macs }))).toBe("17.0.0.2");
    const first = node(lo, { macs, routes: { "fd00:255::1": "fd00:255::1,lo" } });
    expect(routerId("9.2-pre", PEERS6, first)).toBeNull();
    expect(routerId("9.2-pre", PEERS6, node(lo, { macs: {} }))).toBeNull();
  });

  it("missing, PVE writes interfaces.d/sdn and fails at frr.conf", () => {
    const { input } = vector("seed-ipv6-peers", "9.2-pre");
    const files = generateNodeFiles("9.2-pre", { ...input, macs: {} });
    expect(files).toMatchObject({ frrConf: null, frrError: NO_ROUTER_ID });
    expect(files.interfacesDSdn).toContain("vxlan-local-tunnelip fd00:255::1");
  });
});

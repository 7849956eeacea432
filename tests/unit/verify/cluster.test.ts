import { checkCluster } from "../../../verify/checks/cluster";
import { ClusterObservation, Guest, readCards } from "../../../verify/observe-cluster";
import type { FabricIntent } from "../../../verify/intent";
import { labIntent } from "../../fixtures/observations";

const intent = labIntent();

function guest(changes: Partial<Guest>): Guest {
  const cards = readCards({ net0: "virtio=BC:24:11:00:00:01,bridge=vnet101,mtu=1" });
  return { vmid: 100, name: "web", kind: "qemu", node: "pve02", running: true, cards, ...changes };
}

const sound = (changes: Partial<ClusterObservation> = {}): ClusterObservation => ({
  pending: [],
  zones: ["pve01", "pve02", "pve03"].map((node) => ({ zone: "evpnz1", node, status: "available" })),
  vnets: intent.vnets.map(({ id, vni }) => ({ id, zone: "evpnz1", tag: vni })),
  subnets: intent.vnets.flatMap(({ id, subnets }) =>
    subnets.map(({ cidr, gateway, snat }) => ({ vnet: id, cidr, gateway, snat })),
  ),
  unasked: {},
  guests: [guest({})],
  ...changes,
});

const failures = (observed: ClusterObservation, changes: Partial<FabricIntent> = {}) =>
  checkCluster({ ...intent, ...changes }, observed)
    .filter(({ status }) => status === "fail")
    .map(({ node, check, subject, cause }) => `${node} ${check} ${subject}: ${cause}`);

it("passes on a sound cluster, and VNets of others do not count", () => {
  expect(failures(sound())).toEqual([]);
  const vnets = [...sound().vnets, { id: "other", zone: "otherz", tag: 7 }];
  expect(failures(sound({ vnets }))).toEqual([]);
});

it("a subnet beyond the plan is a fault, unless an update is about to remove it", () => {
  const more = { vnet: "vnet101", cidr: "10.111.0.0/24", gateway: "10.111.0.1", snat: true };
  const subnets = [...sound().subnets, more];
  expect(failures(sound({ subnets }))).toEqual(["pve01 vnet vnet101: vnet-differs"]);
  expect(failures(sound({ subnets }), { removalsFollow: true })).toEqual([]);
  const lacking = subnets.filter(({ cidr }) => cidr !== "10.101.0.0/24");
  expect(failures(sound({ subnets: lacking }), { removalsFollow: true })).toEqual([
    "pve01 vnet vnet101: vnet-differs",
  ]);
});

it.each<[string, Partial<ClusterObservation>, string]>([
  ["a change is pending", { pending: ["vnet vnet104 (new)"] }, "pve01 pending SDN config: pending"],
  [
    "a zone is not available",
    {
      zones: sound().zones.map((zone) =>
        zone.node === "pve03" ? { ...zone, status: "error" } : zone,
      ),
    },
    "pve03 zone evpnz1: zone-unavailable",
  ],
  [
    "a VNet has another VNI",
    { vnets: sound().vnets.map((vnet) => (vnet.id === "vnet102" ? { ...vnet, tag: 1 } : vnet)) },
    "pve01 vnet vnet102: vnet-differs",
  ],
  [
    "a subnet is gone",
    { subnets: sound().subnets.filter(({ cidr }) => cidr !== "10.103.0.0/24") },
    "pve01 vnet vnet103: vnet-differs",
  ],
  [
    "a subnet has no SNAT",
    {
      subnets: sound().subnets.map((subnet) =>
        subnet.cidr === "fd00:100::/64" ? { ...subnet, snat: false } : subnet,
      ),
    },
    "pve01 vnet vnet100: vnet-differs",
  ],
  [
    "a guest's card is too large",
    { guests: [guest({ cards: [{ key: "net0", bridge: "vnet101", mtu: 1500 }] })] },
    "pve02 guest web (100) net0: guest-mtu",
  ],
  [
    "a guest is on a node that the zone leaves out",
    { guests: [guest({ node: "pve09" })] },
    "pve09 guest web (100) net0: guest-bridge",
  ],
])("%s", (_what, changes, expected) => {
  expect(failures(sound(changes))).toEqual([expected]);
});

it("a node that Proxmox VE could not ask is skipped with its words, and not called unavailable", () => {
  const zones = sound().zones.filter(({ node }) => node !== "pve02");
  const rows = checkCluster(intent, sound({ zones, unasked: { pve02: "no route to host" } }));
  expect(rows.filter(({ check, node }) => check === "zone" && node === "pve02")).toMatchObject([
    { status: "skip", reason: "Proxmox VE could not ask the node: no route to host" },
  ]);
  expect(failures(sound({ zones, unasked: {} }))).toEqual(["pve02 zone evpnz1: zone-unavailable"]);
});

const guestRows = (guests: Guest[]) =>
  checkCluster(intent, sound({ guests })).filter(({ check }) => check === "guest");

it("a card without an MTU is a remark, and no guest at all is skipped with a reason", () => {
  const cards = readCards({ net0: "virtio=BC:24:11:00:00:01,bridge=vnet101", name: "web" });
  expect(guestRows([guest({ cards })])).toMatchObject([
    { status: "warn", reason: expect.stringContaining("names no MTU") },
  ]);
  expect(guestRows([])).toMatchObject([{ status: "skip", reason: expect.any(String) }]);
});

it("a guest whose config cannot be read is skipped with the reason", () => {
  expect(guestRows([guest({ cards: [], unread: "no route to host" })])).toMatchObject([
    { status: "skip", reason: "its config could not be read: no route to host" },
  ]);
});

it("reads a guest's cards", () => {
  const config = {
    net0: "virtio=BC:24:11:00:00:01,bridge=vnet101,firewall=1,mtu=1400",
    net12: "name=eth0,bridge=vmbr0,type=veth",
    memory: 2048,
  };
  expect(readCards(config)).toEqual([
    { key: "net0", bridge: "vnet101", mtu: 1400 },
    { key: "net12", bridge: "vmbr0" },
  ]);
});

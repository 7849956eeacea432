import type { Observation } from "../../../verify/observation";
import { Damage, linkOf } from "./damage";

/** VXLAN devices, bridges, VRF, gateways, routes and exits. */
export const OVERLAY: Damage[] = [
  [
    "a VXLAN device is gone, and the others hear no more of it",
    ({ pve01, pve02 }) => {
      pve01.links = pve01.links.filter(({ ifname }) => ifname !== "vxlan_vnet101");
      pve01.fdb = pve01.fdb.filter(({ ifname }) => ifname !== "vxlan_vnet101");
      pve01.vnis = pve01.vnis.filter(({ vni }) => vni !== 10101);
      pve01.bgpVnis = pve01.bgpVnis.filter(({ vni }) => vni !== 10101);
      delete pve01.macs["10101"];
      pve02.fdb = pve02.fdb.filter(
        ({ ifname, dst }) => !(ifname === "vxlan_vnet101" && dst === "10.255.0.1"),
      );
    },
    ["pve01 vxlan vxlan_vnet101: vxlan-missing"],
  ],
  [
    "a VXLAN device is down",
    ({ pve01 }) => (linkOf(pve01, "vxlan_vnet101").flags = ["BROADCAST"]),
    ["pve01 vxlan vxlan_vnet101: vxlan-down"],
  ],
  [
    "the tunnel source is another address",
    ({ pve01 }) => {
      const data = linkOf(pve01, "vxlan_vnet100").linkinfo?.info_data;
      if (data) data.local = "10.0.10.1";
      pve01.vnis.filter(({ vni }) => vni === 10100).forEach((vni) => (vni.vtepIp = "10.0.10.1"));
    },
    ["pve01 vxlan vxlan_vnet100: vtep-wrong"],
  ],
  [
    "a VXLAN device uses another port",
    ({ pve01 }) => {
      const data = linkOf(pve01, "vxlan_vnet100").linkinfo?.info_data;
      if (data) data.port = 8472;
    },
    ["pve01 vxlan vxlan_vnet100: vxlan-differs"],
  ],
  [
    "a VNet's bridge is out of the VRF",
    ({ pve02 }) => (linkOf(pve02, "vnet102").master = undefined),
    ["pve02 vrf vnet102: vrf-missing"],
  ],
  [
    "another VNet's tunnel is a port of the bridge",
    ({ pve02 }) => (linkOf(pve02, "vxlan_vnet103").master = "vnet102"),
    ["pve02 vxlan vxlan_vnet103: vxlan-differs", "pve02 bridge vnet102: vnets-joined"],
  ],
  [
    "a cable joins two VNets",
    ({ pve02 }) => {
      const veth = (ifname: string, link: string, master: string) =>
        ({
          ...linkOf(pve02, "vnet101"),
          ifname,
          link,
          master,
          linkinfo: { info_kind: "veth" },
        }) as Observation["links"][number];
      pve02.links.push(veth("a", "b", "vnet101"), veth("b", "a", "vnet102"));
    },
    ["pve02 bridge vnet101: vnets-joined", "pve02 bridge vnet102: vnets-joined"],
  ],
  [
    "the VRF has no VNI, so no type-5 comes from there",
    ({ pve02 }) => {
      pve02.vnis = pve02.vnis.filter(({ vni }) => vni !== 4096);
      pve02.bgpVnis = pve02.bgpVnis.filter(({ vni }) => vni !== 4096);
      pve02.routes = pve02.routes.filter(({ prefix }) => !prefix.startsWith("[5]"));
    },
    ["pve02 l3vni VNI 4096: l3vni-down"],
  ],
  [
    "a gateway address is gone",
    ({ pve01 }) =>
      (linkOf(pve01, "vnet103").addr_info = linkOf(pve01, "vnet103").addr_info.filter(
        ({ local }) => local !== "fd00:103::1",
      )),
    ["pve01 gateway vnet103 fd00:103::1: gateway-missing"],
  ],
  [
    "a gateway has another MAC address than the others",
    ({ pve03 }) => (linkOf(pve03, "vnet101").address = "02:00:00:00:00:01"),
    ["pve03 gateway-mac vnet101: gateway-mac"],
  ],
  [
    "the VRF's own route target is not imported",
    ({ pve03 }) =>
      pve03.bgpVnis
        .filter(({ vni }) => vni === 4096)
        .forEach((vni) => (vni.importRTs = ["65000:1"])),
    ["pve03 route-target VNI 4096: route-target"],
  ],
  [
    "an exit node's FRR derived its route target from AS 1",
    ({ pve01 }) =>
      pve01.bgpVnis
        .filter(({ vni }) => vni === 4096)
        .forEach((vni) => (vni.exportRTs = ["1:4096"])),
    ["pve01 route-target VNI 4096: route-target-exported"],
  ],
  [
    "a flood entry is gone",
    ({ pve01 }) =>
      (pve01.fdb = pve01.fdb.filter(
        ({ ifname, dst }) => !(ifname === "vxlan_vnet101" && dst === "10.255.0.3"),
      )),
    ["pve01 fdb vxlan_vnet101 to pve03: fdb-missing"],
  ],
  [
    "a next hop is no VTEP",
    ({ pve01 }) => {
      const route = pve01.routes.find(({ from }) => from === "10.255.0.2");
      if (route) route.nextHops = ["10.0.10.2"];
    },
    ["pve01 next-hop EVPN routes: next-hop"],
  ],
  [
    "a guest is not known elsewhere",
    ({ pve03 }) => delete pve03.macs["10101"]?.macs["02:00:00:00:00:65"],
    ["pve03 type-2 02:00:00:00:00:65 in vnet101: type-2-missing"],
  ],
  [
    "a MAC address is a duplicate",
    ({ pve02 }) => {
      const mac = Object.values(pve02.macs["10102"]?.macs ?? {})[0];
      if (mac) mac.isDuplicate = true;
    },
    ["pve02 mac duplicates: mac-duplicate"],
  ],
  [
    "the kernel refused a route of the VRF",
    ({ pve01 }) => {
      const route = pve01.vrfRoutes["10.102.0.12/32"]?.[0];
      if (route) Object.assign(route, { selected: true, installed: undefined, failed: true });
    },
    ["pve01 vrf-route vrf_evpnz1: vrf-route-failed"],
  ],
  [
    "a SNAT rule is gone",
    ({ pve02 }) => (pve02.nat = pve02.nat.filter((rule) => !rule.includes("10.101.0.0/24"))),
    ["pve02 snat 10.101.0.0/24: snat-missing"],
  ],
  [
    "an exit has no default route",
    ({ pve01 }) => (pve01.upstream.ipv6 = { answers: false }),
    ["pve01 upstream ipv6: upstream-lost"],
  ],
];

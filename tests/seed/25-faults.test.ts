// The fault table on the seed's cluster: an operator's frr.conf, EVPN on the mesh, tunnels over IPv6.
import { BGP, EVPN, RELOAD, vtysh } from "../faults/control-plane";
import type { Fault } from "../faults/fault";
import { faultOf } from "../faults/table";
import { faultTests } from "../e2e/fault-run";
import { up } from "../e2e/harness";

jest.setTimeout(600_000);

/** As in the table; which sessions fall with it differs, so its list of consequences is not asked for. */
const like = (id: string, changes: Partial<Fault> = {}): Fault => ({
  ...faultOf(id),
  follows: [],
  ...changes,
});

const LOOPBACK = "fd00:255::3/128";
const FULL_SIZE = "-d fd00:255::1 -m length --length 1400:65535 -j DROP";

const BATCHES: Fault[][] = [
  [like("mesh-link-down")],
  [like("one-direction-lost")],
  [
    like("link-mtu", {
      follows: ["pve02 mtu 1520 bytes to pve03", "pve03 mtu 1520 bytes to pve02"],
    }),
  ],
  [
    like("full-size-lost", {
      provoke: { pve02: `ip6tables -I OUTPUT ${FULL_SIZE}` },
      undo: { pve02: `ip6tables -D OUTPUT ${FULL_SIZE}` },
      fails: ["pve01 mtu 1520 bytes to pve02", "pve02 mtu 1520 bytes to pve01"],
    }),
  ],
  [
    like("loopback-removed", {
      provoke: { pve03: `ip address del ${LOOPBACK} dev lo` },
      undo: { pve03: `ip address add ${LOOPBACK} dev lo` },
      fails: [`pve03 loopback ${LOOPBACK}`],
    }),
  ],
  [like("bgpd-stopped")],
  [like("forwarding-off"), like("rp-filter"), like("bfdd-stopped")],
  [
    like("block-not-running", {
      provoke: { pve03: vtysh(BGP, EVPN, "no advertise-all-vni") },
      undo: { pve03: RELOAD },
    }),
  ],
  [
    like("block-edited", {
      provoke: {
        pve01:
          "cp -p /etc/frr/frr.conf /run/kept && sed -i '/^ *advertise-all-vni$/d' /etc/frr/frr.conf",
      },
      undo: { pve01: "cp -p /run/kept /etc/frr/frr.conf; rm /run/kept" },
      fails: ["pve01 block frr.conf"],
    }),
  ],
  [
    like("vxlan-deleted"),
    like("vxlan-down"),
    like("vtep-wrong", {
      provoke: { pve03: "ip link set vxlan_vnet102 type vxlan local 2001:db8:10::3" },
      undo: { pve03: "ip link set vxlan_vnet102 type vxlan local fd00:255::3" },
    }),
  ],
  [like("vxlan-out-of-bridge"), like("vxlan-mtu"), like("bridge-out-of-vrf")],
  [like("vnets-joined")],
  [like("gateway-removed"), like("gateway-mac")],
  [like("change-pending"), like("zone-unavailable")],
  [like("node-unreachable")],
];

afterAll(() => up());

faultTests(BATCHES);

import * as fs from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";
import { evpnWith, faultsFile, NODES, NodeName, on, paths, release, up } from "./harness";
import { Config, LabNode, nodesOf, preflight, saysVersion } from "./lab-preflight";

jest.setTimeout(600_000);

let own: string;

beforeAll(async () => {
  await up();
  own = await release();
});

it("finds nothing on the standard lab, warnings included", async () => {
  expect(await preflight()).toEqual({ code: 0, lines: [] });
});

/** A fault on a node: what makes it, what takes it back, what is found. */
interface Fault {
  node: NodeName;
  make: string;
  undo: string;
  finds: string[];
}

const INTERFACES = "/etc/network/interfaces";
const edit = (node: NodeName, file: string, sed: string, ...finds: string[]): Fault => ({
  node,
  make: `cp -p ${file} ${file}.e2e && sed -i '${sed}' ${file}`,
  undo: `[ ! -e ${file}.e2e ] || mv -f ${file}.e2e ${file}`,
  finds: finds.map((found) => `${node} ${found}`),
});
const gone = (node: NodeName, file: string, ...finds: string[]): Fault => ({
  node,
  make: `mv ${file} ${file}.e2e`,
  undo: `[ ! -e ${file}.e2e ] || mv -f ${file}.e2e ${file}`,
  finds: finds.map((found) => `${node} ${found}`),
});
const live = (node: NodeName, make: string, undo: string, ...finds: string[]): Fault => ({
  node,
  make,
  undo,
  finds: finds.map((found) => `${node} ${found}`),
});

/** Files only where a running daemon would suffer; nothing here is applied. */
const FAULTS: Fault[] = [
  edit(
    "pve01",
    INTERFACES,
    "s#^\\taddress 10.255.0.1/32#\\tup ip addr add 10.255.0.1/32 dev lo#",
    "vtep-declared error",
  ),
  edit("pve01", "/etc/frr/daemons", "s/^bfdd=yes/bfdd=no/", "frr-daemons error"),
  gone("pve01", "/usr/lib/frr/frr-reload.py", "frr-pythontools error"),
  live(
    "pve01",
    "sysctl -qw net.ipv4.conf.all.rp_filter=2",
    "sysctl -qw net.ipv4.conf.all.rp_filter=0",
    "rp-filter error",
  ),
  edit(
    "pve02",
    INTERFACES,
    "s#^\\taddress 10.255.0.2/32#&\\n\\taddress fd00:255::2/128#;/^source/d",
    "vtep-declared error",
    "interfaces-d error",
  ),
  live(
    "pve02",
    "sysctl -qw net.ipv4.ip_forward=0",
    "sysctl -qw net.ipv4.ip_forward=1 net.ipv4.conf.all.rp_filter=0",
    "forwarding error",
  ),
  live(
    "pve02",
    "sysctl -qw net.ipv6.conf.default.keep_addr_on_down=0",
    "sysctl -qw net.ipv6.conf.default.keep_addr_on_down=1",
    "keep-addr error",
  ),
  live(
    "pve02",
    "ip link set enp1s0f0np0 mtu 1499; ip link set enp1s0f1np1 mtu 9000",
    "ip link set enp1s0f0np0 mtu 9216; ip link set enp1s0f1np1 mtu 9216",
    "underlay-mtu error",
    "underlay-mtu warning",
  ),
  edit("pve02", "/etc/frr/frr.conf", "1i ip route 192.0.2.0/24 blackhole", "frr-conf error"),
  edit(
    "pve03",
    "/etc/frr/frr.conf.local",
    "1i ! BEGIN proxmox-evpn proxmox-evpn/other\\n! END proxmox-evpn proxmox-evpn/other",
    "other-stack error",
  ),
  gone("pve03", "/usr/sbin/ifreload", "ifupdown2 error"),
  live(
    "pve03",
    "ip address del fd00:255::3/128 dev lo",
    "ip address replace fd00:255::3/128 dev lo",
    "loopback warning",
  ),
  {
    ...saysVersion("pve03", "9.7"),
    finds: ["pve03 pve-version warning", "cluster pve-version warning"],
  },
];

/** Objects of somebody else, and the SDN lock. */
const FOREIGN =
  "pvesh create /cluster/sdn/zones --zone z9 --type evpn --controller frr --vrf-vxlan 10101";
const onAll = (part: "make" | "undo") =>
  Promise.all(
    NODES.map((node) => {
      const scripts = FAULTS.filter((fault) => fault.node === node).map((fault) => fault[part]);
      return on(node, scripts.join("\n"));
    }),
  );

async function undoAll() {
  fs.rmSync(faultsFile, { force: true });
  await onAll("undo");
  await on("pve01", "pvesh delete /cluster/sdn/lock --force 1; pvesh delete /cluster/sdn/zones/z9");
}

it("finds every fault on its own node, all in one look, and nothing else", async () => {
  try {
    await onAll("make");
    await on("pve01", `${FOREIGN}; pvesh create /cluster/sdn/lock --allow-pending 1`);
    const expected = [
      ...FAULTS.flatMap(({ finds }) => finds),
      "cluster sdn-ids error",
      "cluster pending error",
      // Proxmox VE 8 has no SDN lock.
      ...(own === "8.4" ? [] : ["cluster sdn-lock error"]),
    ];
    const { code, lines } = await preflight();
    expect(lines.sort()).toEqual(expected.sort());
    expect(code).toBe(1);
  } finally {
    await undoAll();
  }
});

/** The lab's nodes with everything else of the seed's own cluster. */
function asTheSeed(config: Config): void {
  const text = fs.readFileSync(path.join(paths.root, "Pulumi.prod.yaml"), "utf8");
  const { config: seed } = parse(text) as { config: Config };
  nodesOf(config).forEach((node, index) => {
    const { loopback, routerId } = nodesOf(seed)[index] as unknown as Config;
    Object.assign(node, { loopback, routerId });
  });
  for (const key of ["fabric", "controller", "zone", "vnets", "frr"]) {
    config[`proxmox-evpn:${key}`] = seed[`proxmox-evpn:${key}`];
  }
}

it("refuses the seed's own cluster on an FRR that has no IPv6 tunnels, with both ways out", async () => {
  const { code, output } = await evpnWith(asTheSeed, "preflight");
  expect(code).toBe(1);
  expect(output).toMatch(/pve01, pve02, pve03 frr-version: FRR is 10\.3, and the VTEPs are IPv6/);
  expect(output).toContain("install FRR 10.6 or newer on every node");
  expect(output).toContain(
    'proxmox-evpn:controller: {"id":"frr","peers":["10.255.0.1","10.255.0.2","10.255.0.3"]}',
  );
});

it("finds a setting that a node's own version of Proxmox VE does not take", async () => {
  const { make, undo } = saysVersion("pve01", "8.4");
  try {
    await on("pve01", make);
    const { lines } = await preflight((config) => {
      (config["proxmox-evpn:zone"] as Config).exitNodesLocalRouting = true;
    });
    // It would write IPv4 routes for the IPv6 subnets, which FRR refuses.
    expect(lines).toContain("cluster block error");
  } finally {
    await on("pve01", undo);
  }
});

it("finds what only the config makes wrong", async () => {
  const named = (check: string) => NODES.map((node) => `${node} ${check} error`);
  fs.writeFileSync(faultsFile, JSON.stringify({ nodeDown: ["pve02", "pve03"] }));
  try {
    const { lines } = await preflight((config) => {
      config["proxmox-evpn:controller"] = {
        id: "other",
        peers: ["fd00:255::1", "fd00:255::2", "fd00:255::3"],
      };
      (config["proxmox-evpn:cluster"] as Config).pveVersion = own === "8.4" ? "9.1" : "8.4";
    });
    expect(lines).toEqual(
      expect.arrayContaining([
        ...named("frr-version"),
        // 9.2 takes the MAC address of the way to the first peer, which only that peer itself has not.
        ...named("router-id").slice(0, own === "9.2" ? 1 : 3),
        ...named("pve-version"),
        "cluster controller error",
        "cluster quorum error",
        "pve02 quorum error",
      ]),
    );
  } finally {
    fs.rmSync(faultsFile);
  }
  const { lines } = await preflight((config) => {
    const [first, second, third] = nodesOf(config) as [LabNode, LabNode, LabNode];
    first.meshInterfaces = ["enp9s9", ...first.meshInterfaces];
    // The second leads to the third, which is dead; the third leads nowhere.
    Object.assign(second, { port: third.port, hostKey: third.hostKey });
    third.port = 1;
  });
  expect(lines).toEqual(["pve01 mesh-interface error", "pve02 node-name error", "pve03 ssh error"]);
  const { lines: members } = await preflight((config) => {
    const [first, second] = nodesOf(config) as [LabNode, LabNode, LabNode];
    config["proxmox-evpn:nodes"] = [first, { ...second, hostKey: first.hostKey }];
    config["proxmox-evpn:controller"] = { id: "frr", peers: ["10.255.0.1", "10.255.0.2"] };
    (config["proxmox-evpn:zone"] as Config).exitNodes = ["pve01", "pve02"];
  });
  expect(members).toEqual(["pve02 ssh error", "pve03 members warning"]);
});

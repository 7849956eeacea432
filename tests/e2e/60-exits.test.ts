import { addGuests, addressOn, guestOn, removeGuests } from "./guests";
import {
  eventually,
  json,
  NodeName,
  NODES,
  on,
  OUTSIDE,
  ping,
  pingOutside,
  pulumi,
  release,
  up,
  vtysh,
} from "./harness";

jest.setTimeout(900_000);

type Section = Record<string, unknown>;
type Config = Record<string, unknown>;

const change = (config: Config, section: string, values: Section) =>
  void Object.assign(config[`proxmox-evpn:${section}`] as Section, values);

const twoExits = { exitNodes: ["pve01", "pve02"], primaryExitNode: "pve01" };

beforeAll(async () => {
  await up();
  await addGuests(...NODES);
});

afterAll(async () => {
  await removeGuests();
  await up();
});

/** By which nodes' addresses the outside saw a guest's pings come, once all of them are answered. */
async function leavesBy(node: NodeName): Promise<string[]> {
  const by = async (address: string) => {
    const { sources } = await eventually(
      () => pingOutside(guestOn(node), address),
      ({ received }) => received === 3,
      90,
    );
    return sources;
  };
  return [...(await by(OUTSIDE.upstream.ipv4)), ...(await by(OUTSIDE.upstream.ipv6))];
}

const leavesThrough = (node: NodeName) => [
  `10.0.10.${node.slice(-1)}`,
  `2001:db8:10::${node.slice(-1)}`,
];

async function backToPrimary(seconds?: number): Promise<void> {
  const primary = leavesThrough("pve01");
  const back = await eventually(
    () => leavesBy("pve03"),
    (by) => by.join() === primary.join(),
    seconds,
  );
  expect(back).toEqual(primary);
}

const answered = (guest: string, address: string) =>
  eventually(
    () => ping(guest, address),
    (count) => count === 3,
  );

describe("every node an exit, as in the seed", () => {
  it("a guest reaches the outside over IPv4 and IPv6 by its own node, translated", async () => {
    expect(await leavesBy("pve02")).toEqual(leavesThrough("pve02"));
    expect(await leavesBy("pve03")).toEqual(leavesThrough("pve03"));
  });

  it("a VNet has both families: gateways, and connected routes in the VRF", async () => {
    const connected = async (family: string) => {
      const routes = await json<{ dst: string; dev: string }[]>(
        "pve02",
        `ip -j ${family} route show vrf vrf_evpnz1`,
      );
      return routes.filter(({ dev }) => dev === "vnet101").map(({ dst }) => dst);
    };
    expect(await connected("-4")).toContain("10.101.0.0/24");
    expect(await connected("-6")).toContain("fd00:101::/64");
  });
});

describe("two exits, one of them primary; subnets advertised, suppression off", () => {
  beforeAll(() =>
    up((config) =>
      change(config, "zone", {
        ...twoExits,
        advertiseSubnets: true,
        disableArpNdSuppression: true,
      }),
    ),
  );

  it("a guest on a node that is no exit leaves by the primary", async () => {
    expect(await leavesBy("pve03")).toEqual(leavesThrough("pve01"));
  });

  it("the node that is no exit announces whole subnets, the exits do not", async () => {
    const routes = await eventually(
      () => vtysh<Record<string, unknown>>("pve01", "show bgp l2vpn evpn route type 5"),
      (seen) => JSON.stringify(seen).includes("[64]:[fd00:101::]"),
    );
    const announcers = Object.entries(routes)
      .filter(([, ofOne]) => JSON.stringify(ofOne).includes("[24]:[10.101.0.0]"))
      .map(([distinguisher]) => distinguisher.split(":")[0]);
    expect(announcers).toEqual(["10.255.0.3"]);
  });

  it("an address that moves to another node in silence is found again", async () => {
    const address = "10.101.0.77";
    const give = (node: NodeName, verb: "add" | "del") =>
      on("lab", `lab-guest exec ${guestOn(node)} ip address ${verb} ${address}/24 dev eth0`);
    await give("pve02", "add");
    expect(await answered(guestOn("pve03"), address)).toBe(3);
    await give("pve02", "del");
    await give("pve01", "add");
    await on("lab", `lab-guest exec ${guestOn("pve03")} ip neighbor flush all`);
    expect(await answered(guestOn("pve03"), address)).toBe(3);
    await give("pve01", "del");
    const [port] = await json<{ neigh_suppress: boolean }[]>(
      "pve03",
      "bridge -j -d link show dev vxlan_vnet101",
    );
    expect(port?.neigh_suppress).toBe(false);
  });

  it("after the loss of the primary exit guests leave by the other one, and back", async () => {
    await on("lab", "lab-node stop 1");
    try {
      expect(await leavesBy("pve03")).toEqual(leavesThrough("pve02"));
    } finally {
      await on("lab", "lab-node start 1");
    }
    await backToPrimary(120);
    await addGuests("pve01");
  });

  it("an exit node whose FRR starts again exports the fabric's own route target", async () => {
    // Read as text: while FRR starts, the answer may be no JSON yet.
    const exported = async () => {
      const { output } = await on("pve01", "vtysh -c 'show bgp l2vpn evpn vni 4096 json'");
      return /"exportRts":\[([^\]]*)\]/.exec(output.replace(/\s/g, ""))?.[1];
    };
    // FRR 10.3 derives it from AS 1 at most of its starts, not at all of them.
    for (let start = 1; start <= 3; start++) {
      await on("pve01", "service frr restart >/dev/null 2>&1 </dev/null");
      await eventually(exported, (targets) => targets === '"60904:4096"', 30);
    }
    await backToPrimary();
  });
});

describe("local routing at the exits, EVPN on the mesh as well", () => {
  /** Proxmox VE 8.4 writes IPv4 routes for IPv6 subnets then, and the preflight refuses it. */
  let forIpv4Alone: boolean;
  const localRouting = (config: Config) => change(config, "zone", { exitNodesLocalRouting: true });
  const onMesh = (config: Config) => {
    change(config, "zone", twoExits);
    change(config, "frr", { evpnSessions: "mesh" });
    if (!forIpv4Alone) localRouting(config);
  };
  const ipv4Alone = (config: Config) => {
    onMesh(config);
    for (const vnet of config["proxmox-evpn:vnets"] as { subnets: { cidr: string }[] }[]) {
      vnet.subnets = vnet.subnets.filter(({ cidr }) => !cidr.includes(":"));
    }
  };
  const localIpv4 = (config: Config) => {
    ipv4Alone(config);
    localRouting(config);
  };

  beforeAll(async () => {
    forIpv4Alone = (await release()) === "8.4";
    await up(onMesh);
  });

  const everythingPasses = async () => {
    expect(await leavesBy("pve03")).toEqual(leavesThrough("pve01"));
    for (const to of [addressOn("pve01").ipv4, addressOn("pve02").ipv6]) {
      expect(await answered(guestOn("pve03"), to)).toBe(3);
    }
  };

  it("an exit node itself reaches guests", async () => {
    if (forIpv4Alone) {
      const both = await pulumi(["up", "--yes", "--skip-preview"], localIpv4);
      expect(both.code).not.toBe(0);
      expect(both.output).toMatch(
        /cluster block: .*evpnz1-fd00:101::-64.* go only after the apply/,
      );
      await up(ipv4Alone);
      await up(localIpv4);
    }
    const { ipv4, ipv6 } = addressOn("pve03");
    for (const to of forIpv4Alone ? [ipv4] : [ipv4, ipv6]) {
      const { output } = await eventually(
        () => on("pve01", `ping -n -q -c 3 -i 0.3 -W 2 ${to}`),
        ({ code }) => code === 0,
      );
      expect(output).toContain("3 received");
    }
    if (forIpv4Alone) await up(onMesh);
  });

  it("guests reach each other and the outside, by the primary exit", everythingPasses);

  it("with one mesh link down everything still passes, every VTEP session included", async () => {
    await on("pve03", "ip link set enp1s0f0np0 down");
    try {
      await everythingPasses();
      const { peers } = await eventually(
        () =>
          vtysh<{ peers: Record<string, { state: string }> }>(
            "pve03",
            "show bgp l2vpn evpn summary",
          ),
        (seen) => ["10.255.0.1", "10.255.0.2"].every((a) => seen.peers[a]?.state === "Established"),
      );
      expect(Object.values(peers).filter(({ state }) => state !== "Established")).toHaveLength(1);
    } finally {
      await on("pve03", "ip link set enp1s0f0np0 up");
    }
  });
});

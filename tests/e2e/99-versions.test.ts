import {
  eventually,
  json,
  lab,
  NODES,
  on,
  pending,
  ping,
  pulumi,
  release,
  removeGuests,
  switchPve,
  up,
  VTEP,
} from "./harness";

/**
 * The other two versions of Proxmox VE, in short; `npm run test:matrix` runs everything on each. The last
 * file of a run: it leaves the lab without a stack.
 */

jest.setTimeout(900_000);

afterAll(() => switchPve("9.1"));

describe.each(["8.4", "9.2-pre"] as const)("Proxmox VE %s", (version) => {
  beforeAll(async () => {
    await switchPve(version);
    // Health is part of it: devices, gateways, sessions and forwarding entries on every node.
    await up();
    const { code, output } = await lab("guest", "add");
    if (code !== 0) throw new Error(output);
  });

  it("is what the cluster answers", async () => {
    expect(version.startsWith(await release())).toBe(true);
  });

  it("has merged each node's block into frr.conf, and FRR runs it", async () => {
    for (const node of NODES) {
      const running = await on(node, "vtysh -c 'show running-config'");
      expect(running.output).toContain(`neighbor VTEP update-source ${VTEP[node]}`);
      expect(running.output).toContain("route-target import 60904:4096");
      expect(running.output.match(/^router bgp \d+$/gm)).toHaveLength(1);
      expect((await on(node, "cat /etc/frr/frr.conf")).output).toContain(
        "neighbor MESH peer-group",
      );
    }
  });

  it.each(["fd00:101::13", "10.101.0.13", "fd00:102::12", "10.102.0.12"])(
    "a guest reaches %s on another node",
    async (to) => {
      expect(
        await eventually(
          () => ping("g101-pve01", to),
          (count) => count === 3,
        ),
      ).toBe(3);
    },
  );

  it("a refresh and a second update find nothing to change, and destroy leaves nothing behind", async () => {
    const steady = ["refresh", "--yes", "--skip-preview", "--expect-no-changes"];
    expect(await pulumi(steady)).toMatchObject({ code: 0 });
    const again = await pulumi(["up", "--yes", "--skip-preview", "--expect-no-changes"]);
    expect(again.output).toMatch(/\d+ unchanged/);
    expect(again.code).toBe(0);
    await removeGuests();
    const { code, output } = await pulumi(["destroy", "--yes", "--skip-preview"]);
    if (code !== 0) throw new Error(`pulumi destroy ended with ${code}:\n${output}`);
    expect(await pending()).toEqual([]);
    for (const node of NODES) {
      expect(await json<unknown[]>(node, "ip -j link show type vxlan")).toEqual([]);
      expect((await on(node, "ls /etc/frr")).output).not.toContain("frr.conf.local");
    }
  });
});

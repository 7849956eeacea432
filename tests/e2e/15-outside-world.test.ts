import { edgeRouter, edgeVtysh, eventually, NODES, on, OUTSIDE, pingOutside, up } from "./harness";

/** The lab's outside world by itself; what a stack makes of it is tested with the stack's features. */

jest.setTimeout(600_000);

beforeAll(() => up());
afterAll(() => edgeRouter("stop"));

it.each([
  ["pve01", "10.0.10.1", "2001:db8:10::1"],
  ["pve03", "10.0.10.3", "2001:db8:10::3"],
] as const)(
  "the upstream answers a guest on %s, whose pings come from that exit node's address",
  async (node, ipv4, ipv6) => {
    const guest = `g101-${node}`;
    expect(await pingOutside(guest, OUTSIDE.upstream.ipv4)).toEqual({
      received: 3,
      sources: [ipv4],
    });
    expect(await pingOutside(guest, OUTSIDE.upstream.ipv6)).toEqual({
      received: 3,
      sources: [ipv6],
    });
  },
);

it("the upstream knows no way to a VNet, so that an answer proves SNAT", async () => {
  for (const address of ["10.101.0.11", "fd00:101::11"]) {
    const { code, output } = await on("lab", `ip route get ${address}`);
    expect(output).toMatch(/unreachable/i);
    expect(code).not.toBe(0);
  }
});

interface Type5 {
  [rd: string]: unknown;
}

it("the edge router announces a default route of each family and leaves nothing behind", async () => {
  await edgeRouter("start");
  const shown = await eventually(
    () => edgeVtysh<Type5>("show bgp l2vpn evpn route type 5"),
    (routes) => /0\.0\.0\.0/.test(JSON.stringify(routes)) && /\[::\]/.test(JSON.stringify(routes)),
  );
  const text = JSON.stringify(shown);
  expect(text).toContain('"string":"ET:8 RT:65000:1 Rmac:bc:24:11:00:fa:01"');
  expect(text).toContain('"ip":"10.0.10.250"');
  for (const node of NODES) {
    expect((await on(node, `ping -c 1 -W 2 ${OUTSIDE.edge.ipv4}`)).code).toBe(0);
  }
  await edgeRouter("stop");
  const left = await on("lab", "ip netns list; ip -br link show edge0; pgrep -fa 'N edge'");
  expect(left.output).not.toMatch(/^edge\b|frr/m);
  expect(left.output).toContain("does not exist");
});

import { applies, eventually, on, others, pulumi, pvesh, up, vtysh } from "./harness";
import { Config, nodesOf } from "./lab-preflight";

jest.setTimeout(900_000);

beforeAll(() => up());
afterAll(async () => {
  await on("lab", "lab-node start 3");
  await up();
  await eventually(
    () => vtysh<{ failedPeers: number }>("pve03", "show bgp l2vpn evpn summary"),
    ({ failedPeers }) => failedPeers === 0,
    120,
  );
});

const renamed = (config: Config) => {
  const [first] = config["proxmox-evpn:vnets"] as { alias: string }[];
  if (first) first.alias = "Renamed";
};

it("a dead node stops the update with its name; marked retired it is left alone", async () => {
  await on("lab", "lab-node stop 3");
  const before = applies();
  const stopped = await pulumi(["up", "--yes", "--skip-preview"], renamed);
  expect(stopped.code).not.toBe(0);
  expect(stopped.output).toMatch(/pve03 ssh: /);
  expect(stopped.output).toContain("retired: true");
  expect(stopped.output).not.toMatch(/pve0[12] ssh: /);
  expect(applies()).toBe(before);

  const output = await up((config) => {
    renamed(config);
    nodesOf(config).forEach((node) => (node.retired = node.name === "pve03"));
  });
  expect(output).not.toMatch(/pve03: (reloaded|failed)/);
  expect(applies()).toBe(before + 1);
  const { peers } = await pvesh<{ peers: string }>("/cluster/sdn/controllers/frr");
  expect(peers).toBe("10.255.0.1,10.255.0.2");
  const local = await on("pve01", "cat /etc/frr/frr.conf.local");
  expect(local.output).not.toContain("10.255.0.3");
  const summary = await vtysh<{ peers: Record<string, unknown> }>(
    "pve01",
    "show bgp l2vpn evpn summary",
  );
  expect(Object.keys(summary.peers)).toEqual(["10.255.0.2"]);
  const state = await pulumi(["stack", "export"]);
  const { deployment } = JSON.parse(state.stdout) as {
    deployment: { resources: { urn: string; retainOnDelete?: boolean; inputs?: Config }[] };
  };
  const command = deployment.resources.find(({ urn }) =>
    urn.endsWith("::lab-pve03-frr-conf-local"),
  );
  // Destroy lets it go without a connection, and the block that stands there is still known.
  expect(command?.retainOnDelete).toBe(true);
  expect(String(command?.inputs?.stdin)).toContain("update-source 10.255.0.3");
});

it("comes back with the mark taken out", async () => {
  await on("lab", "lab-node start 3");
  await up();
  const [first] = others("pve03");
  const seen = await eventually(
    () =>
      vtysh<{ peers: Record<string, { state: string }> }>(
        first as "pve01",
        "show bgp l2vpn evpn summary",
      ),
    ({ peers }) => peers["10.255.0.3"]?.state === "Established",
    120,
  );
  expect(seen.peers["10.255.0.3"]?.state).toBe("Established");
});

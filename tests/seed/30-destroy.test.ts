import { applies, json, NODES, on, pending, pulumi, pvesh, removeGuests, up } from "../e2e/harness";
import { operatorText } from "./cluster";

jest.setTimeout(600_000);

beforeAll(() => up());

it("destroy leaves the operator's frr.conf byte for byte, and nothing of the fabric", async () => {
  const stood = await Promise.all(NODES.map((node) => on(node, "cat /etc/frr/frr.conf")));
  const refused = await pulumi(["destroy", "--yes", "--skip-preview"]);
  expect(refused.code).not.toBe(0);
  expect(refused.output).toMatch(/VNet vnet101 is used by running guests/);
  const after = await Promise.all(NODES.map((node) => on(node, "cat /etc/frr/frr.conf")));
  expect(after).toEqual(stood);

  await removeGuests();
  const before = applies();
  const { code, output } = await pulumi(["destroy", "--yes", "--skip-preview"]);
  expect(code).toBe(0);
  expect(applies()).toBe(before + 1);
  expect(await pending()).toEqual([]);
  for (const kind of ["zones", "vnets"]) {
    expect(await pvesh(`/cluster/sdn/${kind}`, "--pending 1")).toEqual([]);
  }
  // Without it Proxmox VE would have emptied the operator's file.
  const controllers = await pvesh<{ controller: string }[]>("/cluster/sdn/controllers");
  expect(controllers.map(({ controller }) => controller)).toEqual(["frr"]);
  expect(output).toContain("controller 'frr' stays");
  for (const node of NODES) {
    expect(await json<unknown[]>(node, "ip -j link show type vxlan")).toEqual([]);
    // What a test of another file had Ansible write on pve02 is the operator's.
    const left = await on(node, "cat /etc/frr/frr.conf");
    expect(left.output.replace("log syslog warnings", "log syslog informational")).toBe(
      operatorText(node),
    );
    const running = await on(node, "vtysh -c 'show running-config'");
    expect(running.output).not.toContain("l2vpn evpn");
    expect(running.output).toContain("neighbor enp1s0f0np0 interface remote-as internal");
  }
});

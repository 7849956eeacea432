// Proxmox VE 9.2 finds a router id where 9.1 finds none: after an upgrade it would write frr.conf over the
// operator's. The nodes stay what they are; their pvesh names the newer version.
import { evpn, NODES, on, up } from "../e2e/harness";
import { preflight, saysVersion } from "../e2e/lab-preflight";

jest.setTimeout(600_000);

beforeAll(() => up());
afterEach(async () => {
  for (const node of NODES) await on(node, saysVersion(node, "9.2").undo);
});

it("an upgrade to a version that would overwrite frr.conf is an error that tells how to change the owner", async () => {
  expect(await preflight()).toMatchObject({ code: 0 });
  for (const node of NODES) await on(node, saysVersion(node, "9.2").make);
  const { code, lines } = await preflight();
  // The first peer's own tunnel address is on `lo`, whose MAC address gives no router id on 9.2 either.
  expect(lines.filter((line) => line.endsWith(" error"))).toEqual([
    "pve02 frr-conf error",
    "pve03 frr-conf error",
  ]);
  expect(code).toBe(1);
  const { output } = await evpn("preflight", "--stack", "lab");
  expect(output).toContain("Use frr.owner: proxmox (`evpn convert-owner` shows what changes)");
});

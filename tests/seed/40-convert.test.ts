import { parse } from "yaml";
import { steadyPing } from "../e2e/steady-ping";
import { vxlans } from "../e2e/overlay";
import {
  eventually,
  evpn,
  NODES,
  on,
  ping,
  pulumi,
  removeGuests as removeAllGuests,
  up,
  VTEP,
  vtysh,
} from "../e2e/harness";
import { addGuests, addressOn, guestOn } from "../e2e/guests";

jest.setTimeout(900_000);

/** docs/seed-cluster.md: guests on different nodes are cut off for less than this, in milliseconds. */
const LONGEST_MS = 60_000;

type Config = Record<string, unknown>;

let settings: Config;

beforeAll(async () => {
  await up();
  await addGuests(...NODES);
});
afterAll(async () => {
  await removeAllGuests();
  await pulumi(["destroy", "--yes", "--skip-preview"], convert);
});

/** The settings that `evpn convert-owner` prints, put into the stack's file as a person does it. */
function convert(config: Config): void {
  for (const node of settings["proxmox-evpn:nodes"] as Config[]) {
    const stands = (config["proxmox-evpn:nodes"] as Config[]).find(
      ({ name }) => name === node.name,
    );
    Object.assign(stands as Config, node);
    delete stands?.routerId;
  }
  config["proxmox-evpn:controller"] = settings["proxmox-evpn:controller"];
  config["proxmox-evpn:frr"] = {
    ...(settings["proxmox-evpn:frr"] as Config),
    discardExisting: true,
  };
}

it("`evpn convert-owner` prints settings, steps and blocks", async () => {
  const { code, stdout } = await evpn("convert-owner", "--stack", "lab", "--to", "proxmox");
  expect(code).toBe(0);
  const yaml = /^ {2}proxmox-evpn:nodes:\n(?: {2,}.*\n)+/m.exec(stdout)?.[0] ?? "";
  settings = parse(yaml) as Config;
  expect(settings["proxmox-evpn:frr"]).toMatchObject({ owner: "proxmox" });
});

it("without discardExisting the preflight shows what frr.conf would lose, and stops the update", async () => {
  const stopped = await pulumi(["up", "--yes", "--skip-preview"], (config) => {
    convert(config);
    (config["proxmox-evpn:frr"] as Config).discardExisting = false;
  });
  expect(stopped.code).not.toBe(0);
  expect(stopped.output).toContain("frr-conf");
  expect(stopped.output).toContain("nothing was changed");
});

it("`pulumi up` gives frr.conf to Proxmox VE with tunnels over IPv4, and guests are cut off briefly", async () => {
  await eventually(
    () => ping(guestOn("pve01"), addressOn("pve03").ipv6),
    (count) => count === 3,
  );
  const pinged = await steadyPing(guestOn("pve01"), addressOn("pve03").ipv6);
  await up(convert);
  const measured = await pinged.stop();
  process.stdout.write(`operator to proxmox, ping every 10 ms: ${JSON.stringify(measured)}\n`);
  expect(measured.answers).toBeGreaterThan(100);
  expect(measured.longestGapMs).toBeLessThan(LONGEST_MS);

  for (const node of NODES) {
    const locals = new Set((await vxlans(node)).map(([, , local]) => local));
    expect([...locals]).toEqual([VTEP[node]]);
    const running = await on(node, "vtysh -c 'show running-config'");
    expect(running.output).toContain(`neighbor VTEP update-source ${VTEP[node]}`);
    expect((await on(node, "cat /etc/frr/frr.conf")).output).not.toContain("Ansible managed");
    const { failedPeers } = await vtysh<{ failedPeers: number }>(
      node,
      "show bgp l2vpn evpn summary",
    );
    expect(failedPeers).toBe(0);
  }
  expect(await ping(guestOn("pve01"), addressOn("pve02").ipv6, 1450)).toBe(3);
});

it("a second update changes nothing", async () => {
  const again = await pulumi(["up", "--yes", "--skip-preview", "--expect-no-changes"], convert);
  expect(again.code).toBe(0);
});

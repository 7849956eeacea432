// The proxmoxve plugin's stand-in under a real engine, against the PVE stand-in's HTTPS API.
import { copyFileSync } from "node:fs";
import * as path from "node:path";
import type { Project } from "./engine";
import { project } from "./engine";
import type { PveApi } from "./pve-api";
import { pveApi } from "./pve-api";

jest.setTimeout(240_000);

let api: PveApi;
let work: Project;

beforeEach(async () => {
  api = await pveApi();
  work = await project({ environment: { SSL_CERT_FILE: api.ca } });
});
afterEach(async () => {
  work?.close();
  await api.close();
});

interface Wanted {
  controller?: Record<string, unknown>;
  zone?: Record<string, unknown>;
  vnet?: Record<string, unknown>;
  subnet?: Record<string, unknown>;
  subnetOptions?: string;
  applier?: boolean;
}

/** A program with one object of each kind; null leaves out a kind. */
function program(wanted: { [K in keyof Wanted]: Wanted[K] | null } = {}): string {
  const provider = { endpoint: api.endpoint, apiToken: api.token };
  const args = (own: object, more: object | boolean | string | null | undefined) =>
    JSON.stringify({ ...own, ...(typeof more === "object" ? more : {}) });
  const parts = [
    `import { Provider, sdn } from "@muhlba91/pulumi-proxmoxve";
     const provider = new Provider("pve", ${JSON.stringify(provider)});
     const controller = new sdn.controller.Evpn("controller", ${args(
       { sdnControllerEvpnId: "frr", asn: 4200001000, peers: ["10.0.10.1", "10.0.10.2"] },
       wanted.controller,
     )}, { provider });
     const zone = new sdn.zone.Evpn("zone", { controller: controller.sdnControllerEvpnId, ...${args(
       { resourceId: "evpnz1", vrfVxlan: 4096, mtu: 1450, nodes: ["pve01"], exitNodes: ["pve01"] },
       wanted.zone,
     )} }, { provider });`,
  ];
  if (wanted.vnet !== null) {
    parts.push(
      `const vnet = new sdn.Vnet("vnet", { zone: zone.resourceId, ...${args(
        { resourceId: "vnet100", tag: 10100, alias: "General Workloads" },
        wanted.vnet,
      )} }, { provider });`,
    );
  }
  if (wanted.subnet !== null && wanted.vnet !== null) {
    parts.push(
      `new sdn.Subnet("subnet", { vnet: vnet.resourceId, ...${args(
        { cidr: "fd00:100::/64", gateway: "fd00:100::1" },
        wanted.subnet,
      )} }, { provider, ${wanted.subnetOptions ?? ""} });`,
    );
  }
  if (wanted.applier) parts.push(`new sdn.Applier("apply", {}, { provider, dependsOn: [zone] });`);
  return parts.join("\n");
}

const up = async (expected = 0) => {
  const run = await work.up();
  if (run.code !== expected && expected === 0) throw new Error(run.output);
  return run;
};
const changed = () =>
  api
    .requests()
    .filter(({ request }) => !request.startsWith("GET"))
    .map(({ request }) => request);

test("makes, reads and deletes objects, and a preview asks the API nothing", async () => {
  work.program(program());
  expect(await work.preview()).toHaveLength(4);
  expect(api.requests()).toEqual([]);

  await up();
  const made = api.requests().filter(({ request }) => request.startsWith("POST"));
  expect(made.map(({ request, parameters }) => ({ request, parameters }))).toEqual([
    {
      request: "POST /cluster/sdn/controllers",
      parameters: expect.objectContaining({
        controller: "frr",
        type: "evpn",
        asn: "4200001000",
        peers: ["10.0.10.1", "10.0.10.2"], // a list as fields of the same name
      }),
    },
    {
      request: "POST /cluster/sdn/zones",
      parameters: expect.objectContaining({
        zone: "evpnz1",
        "vrf-vxlan": "4096",
        exitnodes: "pve01",
        "advertise-subnets": "0",
      }),
    },
    {
      request: "POST /cluster/sdn/vnets",
      parameters: { vnet: "vnet100", zone: "evpnz1", tag: "10100", alias: "General Workloads" },
    },
    {
      request: "POST /cluster/sdn/vnets/vnet100/subnets",
      parameters: expect.objectContaining({ subnet: "fd00:100::/64", type: "subnet" }),
    },
  ]);
  for (const { parameters } of api.requests()) {
    expect(parameters).not.toHaveProperty("digest");
    expect(parameters).not.toHaveProperty("lock-token");
  }
  const [, zone, vnet, subnet] = await work.resources();
  expect(zone).toMatchObject({ id: "evpnz1", outputs: { pending: true, state: "new" } });
  expect(vnet).toMatchObject({ id: "vnet100" });
  expect(subnet).toMatchObject({ id: "evpnz1-fd00:100::-64", outputs: { gateway: "fd00:100::1" } });
  expect(work.stateFile()).not.toContain(api.token);

  api.forget();
  expect(await work.preview()).toEqual([]);
  expect(api.requests()).toEqual([]);
  expect(await work.pulumi("destroy", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
  expect(changed()).toEqual([
    "DELETE /cluster/sdn/vnets/vnet100/subnets/evpnz1-fd00%3A100%3A%3A-64",
    "DELETE /cluster/sdn/vnets/vnet100",
    "DELETE /cluster/sdn/zones/evpnz1",
    "DELETE /cluster/sdn/controllers/frr",
  ]);
});

test("a changed alias is an update, one taken away is deleted, an unset mtu stays", async () => {
  work.program(program({ subnet: null }));
  await up();
  work.program(program({ subnet: null, vnet: { alias: "Other" }, zone: { mtu: undefined } }));
  const planned = await work.preview();
  expect(planned).toHaveLength(1); // nothing of the zone
  expect(planned[0]).toMatchObject({ op: "update", detailedDiff: { alias: { kind: "update" } } });
  await up();
  expect(await api.get("cluster/sdn/vnets/vnet100")).toMatchObject({ alias: "Other" });
  expect(await api.get("cluster/sdn/zones/evpnz1")).toMatchObject({ mtu: 1450 });

  api.forget();
  work.program(program({ subnet: null, vnet: { alias: undefined } }));
  await up();
  expect(api.requests().find(({ request }) => request.startsWith("PUT"))?.parameters).toMatchObject(
    { delete: "alias" },
  );
  expect(await api.get("cluster/sdn/vnets/vnet100")).not.toHaveProperty("alias");
});

test("any change of a subnet replaces it, and meets the old one unless that goes first", async () => {
  work.program(program());
  await up();
  const other = { subnet: { snat: true } };
  work.program(program(other));
  const [step] = await work.preview();
  expect(step?.replaceReasons).toEqual(["snat"]);
  const refused = await up(255);
  expect(refused.output).toContain(
    "Unable to Create SDN Subnet: error creating subnet fd00:100::/64 on VNet vnet100: " +
      "received an HTTP 500 response - Reason: create sdn subnet object failed: " +
      "sdn subnet object ID 'evpnz1-fd00:100::-64' already defined",
  );
  work.program(program({ ...other, subnetOptions: "deleteBeforeReplace: true" }));
  await up();
  expect(await api.get("cluster/sdn/vnets/vnet100/subnets/evpnz1-fd00:100::-64")).toMatchObject({
    snat: 1,
  });
});

test("another id replaces a VNet, another zone does not", async () => {
  work.program(program({ subnet: null }));
  await up();
  work.program(program({ subnet: null, vnet: { resourceId: "vnet101", tag: 10101 } }));
  expect((await work.preview()).map(({ op }) => op)).toContain("replace");
  work.program(program({ subnet: null, vnet: { zone: "evpnz2" } }));
  expect((await work.preview()).map(({ op }) => op)).toEqual(["update"]);
});

test("finds by refresh what was changed or deleted behind its back", async () => {
  work.program(program({ subnet: null }));
  await up();
  await api.put("cluster/sdn/vnets/vnet100", { zone: "evpnz1", alias: "By hand", tag: "10100" });
  expect(await work.preview()).toEqual([]); // only a refresh looks
  expect(await work.pulumi("refresh", "--yes", "--skip-preview")).toMatchObject({ code: 0 });
  expect((await work.preview()).map(({ op }) => op)).toEqual(["update"]);
  await up();
  expect(await api.get("cluster/sdn/vnets/vnet100")).toMatchObject({
    alias: "General Workloads",
  });
});

test("imports a subnet by VNet and id", async () => {
  work.program(program());
  await up();
  const id = "vnet100/evpnz1-fd00:100::-64";
  await work.pulumi(
    "state",
    "delete",
    "urn:pulumi:test::test::proxmoxve:sdn/subnet:Subnet::subnet",
  );
  work.program(program({ subnetOptions: `import: "${id}"` }));
  expect((await work.preview()).map(({ op }) => op)).toEqual(["import"]);
  await up();
  expect((await work.resources()).map((resource) => resource.id)).toContain("evpnz1-fd00:100::-64");
});

test("the applier applies when it is made and when it goes, and at no other time", async () => {
  work.program(program({ vnet: null, applier: true }));
  await up();
  expect(changed().filter((request) => request === "PUT /cluster/sdn")).toHaveLength(1);
  work.program(program({ vnet: null, applier: true, zone: { mtu: 1400 } }));
  api.forget();
  await up();
  expect(changed()).toEqual(["PUT /cluster/sdn/zones/evpnz1"]);
  api.forget();
  work.program(program({ vnet: null, zone: { mtu: 1400 } }));
  await up();
  expect(changed()).toEqual(["PUT /cluster/sdn"]);
});

test("trusts SSL_CERT_FILE and nothing else, and names what is wrong", async () => {
  const stranger = await pveApi();
  const trusted = path.join(work.directory, "ca.pem");
  copyFileSync(stranger.ca, trusted);
  await stranger.close();
  work.close();
  work = await project({ environment: { SSL_CERT_FILE: trusted } });
  work.program(program());
  const refused = await up(255);
  expect(refused.output).toContain('Unable to Create SDN Controller "frr"');
  expect(refused.output).toMatch(/certificate/);
  expect(api.requests()).toEqual([]);
});

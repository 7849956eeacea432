import { ControllerInputs, provider } from "../../providers/evpn-controller-provider";
import { configOf, pveCluster, TestCluster } from "../fixtures/pve-cluster";

let cluster: TestCluster;
let inputs: ControllerInputs;

beforeEach(async () => {
  cluster = await pveCluster();
  await provider.configure(configOf(cluster.server));
  inputs = {
    controllerId: "frr",
    asn: 4200001000,
    peers: ["10.255.0.1", "10.255.0.2"],
    entry: cluster.server.endpoint,
    adoptedOnDestroy: "keep",
    frrOwner: "proxmox",
  };
});
afterEach(() => cluster.close());

const create = (...options: string[]) =>
  cluster.run("create", "/cluster/sdn/controllers", "--type", "evpn", ...options);
const frr = ["--controller", "frr", "--asn", "65001", "--peers", "10.255.0.1"];

async function stored(): Promise<{ asn: number; peers: string; digest: string } | undefined> {
  const { code, stdout } = await cluster.run(
    "get",
    "/cluster/sdn/controllers/frr",
    "--output-format",
    "json",
  );
  return code === 0 ? JSON.parse(stdout) : undefined;
}

const writes = () =>
  cluster.server.commands
    .map(({ command }) => command.split(" ")[1])
    .filter((verb) => verb !== "get");

it("creates the controller where there is none", async () => {
  const { id, outs } = await provider.create(inputs);
  expect([id, outs.adopted]).toEqual(["frr", false]);
  expect(await stored()).toMatchObject({ asn: 4200001000, peers: "10.255.0.1,10.255.0.2" });
});

it("adopts an equal one without writing", async () => {
  await create("--controller", "frr", "--asn", "4200001000", "--peers", "10.255.0.1,10.255.0.2");
  const { outs } = await provider.create(inputs);
  expect(outs.adopted).toBe(true);
  expect(writes()).toEqual([]);
});

it("adopts a different one and updates it in place, guarded by its digest", async () => {
  await create(...frr);
  const { outs } = await provider.create(inputs);
  expect(outs.adopted).toBe(true);
  expect(writes()).toEqual(["set"]);
  expect(cluster.server.commands.at(-1)?.command).toContain("--digest ");
  expect(await stored()).toMatchObject({ asn: 4200001000, peers: "10.255.0.1,10.255.0.2" });
});

it("names another EVPN controller and both ways on", async () => {
  await create("--controller", "fabric1", "--asn", "65001", "--peers", "10.0.0.1");
  const failure = await provider.create(inputs).catch((error: Error) => error.message);
  expect(failure).toContain("'fabric1' (asn 65001, peers 10.0.0.1)");
  expect(failure).toContain("controller.id: fabric1");
  expect(failure).toContain("pvesh delete /cluster/sdn/controllers/fabric1");
  expect(writes()).toEqual([]);
});

it("finds drift and absence", async () => {
  const { outs } = await provider.create(inputs);
  await cluster.run("set", "/cluster/sdn/controllers/frr", "--asn", "65009");
  const drifted = await provider.read("frr", outs);
  expect(drifted.inputs).toMatchObject({ asn: 65009, peers: inputs.peers });
  expect(await provider.diff("frr", drifted.props as typeof outs, inputs)).toMatchObject({
    changes: true,
  });
  await provider.update("frr", drifted.props as typeof outs, inputs);
  expect(await stored()).toMatchObject({ asn: 4200001000 });
  await cluster.run("delete", "/cluster/sdn/controllers/frr");
  expect(await provider.read("frr", outs)).toEqual({ id: "" });
});

it("sees no change where there is none, and a replacement where the id changes", async () => {
  const { outs } = await provider.create(inputs);
  expect((await provider.diff("frr", outs, inputs)).changes).toBe(false);
  const renamed = await provider.diff("frr", outs, { ...inputs, controllerId: "evpn1" });
  expect(renamed).toEqual({ changes: true, replaces: ["controllerId"], deleteBeforeReplace: true });
});

describe("where frr.conf is an operator's", () => {
  const made = async () => (await provider.create({ ...inputs, frrOwner: "operator" })).outs;
  const left = async () => (await cluster.get<unknown[]>("/cluster/sdn/controllers")).length;

  it("stays on destroy, since Proxmox VE 9 would empty frr.conf without any", async () => {
    const said = jest.spyOn(console, "log").mockImplementation();
    await provider.delete("frr", await made());
    expect(await left()).toBe(1);
    expect(said.mock.calls.join("\n")).toMatch(
      /'frr' stays: without any, Proxmox VE would put an empty file/,
    );
  });

  it("goes when another one follows", async () => {
    const outs = await made();
    await provider.diff("frr", outs, { ...inputs, frrOwner: "operator", controllerId: "frr2" });
    await provider.delete("frr", outs);
    expect(await left()).toBe(0);
  });
});

it("deletes what it made, and calls it done when it is gone already", async () => {
  const { outs } = await provider.create(inputs);
  await provider.delete("frr", outs);
  expect(await stored()).toBeUndefined();
  await provider.delete("frr", outs);
});

it("keeps what it adopted, unless told otherwise", async () => {
  await create(...frr);
  const { outs } = await provider.create(inputs);
  await provider.delete("frr", outs);
  expect(await stored()).toBeDefined();
  await provider.delete("frr", { ...outs, adoptedOnDestroy: "delete" });
  expect(await stored()).toBeUndefined();
});

it("refuses to delete while zones use it, and names them all", async () => {
  const { outs } = await provider.create(inputs);
  for (const [zone, vni] of Object.entries({ z1: "4096", z2: "4097" })) {
    const options = ["--type", "evpn", "--controller", "frr", "--vrf-vxlan", vni];
    await cluster.run("create", "/cluster/sdn/zones", "--zone", zone, ...options);
  }
  await expect(provider.delete("frr", outs)).rejects.toThrow("'frr' is used by zones z1, z2");
  expect(writes()).toEqual(["create"]);
});

it("says what it changes, and is silent where nothing changes", async () => {
  const said = jest.spyOn(console, "log").mockImplementation(() => undefined);
  const lines = () => said.mock.calls.flat().join("\n");
  try {
    await create(...frr);
    const { outs } = await provider.create(inputs);
    expect(lines()).toContain(
      "controller 'frr': asn 65001, peers 10.255.0.1 -> asn 4200001000, peers 10.255.0.1,10.255.0.2",
    );
    expect(lines()).toContain("was there before and is adopted");
    said.mockClear();
    await provider.update("frr", outs, inputs);
    expect(lines()).toBe("");
    await provider.update("frr", outs, { ...inputs, asn: 65007 });
    expect(lines()).toBe(
      "controller 'frr': asn 4200001000, peers 10.255.0.1,10.255.0.2 -> asn 65007, peers 10.255.0.1,10.255.0.2",
    );
  } finally {
    said.mockRestore();
  }
});

it("finds a change that somebody made and did not apply, and one that only its applied form shows", async () => {
  const { outs } = await provider.create(inputs);
  await cluster.run("set", "/cluster/sdn");
  await cluster.run("set", "/cluster/sdn/controllers/frr", "--asn", "65009");
  expect((await provider.read("frr", outs)).props).toMatchObject({ asn: 65009 });
  await provider.update("frr", { ...outs, asn: 65009 }, inputs);
  expect((await provider.read("frr", outs)).props).toEqual(outs);
  await cluster.run("delete", "/cluster/sdn/controllers/frr");
  // Still running until the next apply, but the next apply takes it away.
  expect(await cluster.get("/cluster/sdn/controllers", "--pending", "1")).toMatchObject([
    { controller: "frr", state: "deleted" },
  ]);
  expect(await provider.read("frr", outs)).toEqual({ id: "" });
});

it("refuses an edit that came between its look and its write", async () => {
  await create(...frr);
  const { endpoint } = cluster.server;
  let raced = false;
  // The first look sees asn 65001; before the write somebody sets another.
  cluster.cluster.writes.around = async (request, carryOut) => {
    if (request.startsWith("PUT") && !raced) {
      raced = true;
      await cluster.run("set", "/cluster/sdn/controllers/frr", "--asn", "65002");
    }
    return carryOut();
  };
  await expect(provider.create({ ...inputs, entry: endpoint })).rejects.toThrow(
    "detected modified configuration - file changed by other user? Try again.",
  );
  expect(await stored()).toMatchObject({ asn: 65002 });
});

it("asks again where the connection was lost, and never writes twice", async () => {
  await create("--controller", "frr", "--asn", "4200001000", "--peers", "10.255.0.1,10.255.0.2");
  const { outs } = await provider.create(inputs);
  const reading = provider.read("frr", outs);
  cluster.server.dropConnections();
  expect((await reading).id).toBe("frr");
  await cluster.run("delete", "/cluster/sdn/controllers/frr");
  cluster.cluster.writes.around = async (_request, carryOut) => {
    const answer = await carryOut();
    cluster.server.dropConnections();
    return answer;
  };
  await expect(provider.create(inputs)).rejects.toThrow("the connection was lost");
  expect(writes()).toEqual(["create"]);
  expect(await stored()).toMatchObject({ asn: 4200001000 });
});

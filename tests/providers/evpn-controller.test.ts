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

it("passes on why PVE refuses to delete", async () => {
  const { outs } = await provider.create(inputs);
  await cluster.run(
    "create",
    "/cluster/sdn/zones",
    "--zone",
    "z1",
    "--type",
    "evpn",
    "--controller",
    "frr",
    "--vrf-vxlan",
    "4096",
  );
  await expect(provider.delete("frr", outs)).rejects.toThrow("controller frr is used by z1");
});

import { ApplyInputs, ApplyOutputs, provider } from "../../providers/sdn-apply-provider";
import { configOf, pveCluster, TestCluster } from "../fixtures/pve-cluster";

let cluster: TestCluster;
let inputs: ApplyInputs;
const fresh = (of: ApplyInputs): ApplyOutputs => ({ ...of, upid: "", pending: [], failure: "" });

beforeEach(async () => {
  cluster = await pveCluster();
  await provider.configure(configOf(cluster.server));
  inputs = {
    role: "apply",
    entry: cluster.server.endpoint,
    nodes: ["pve01", "pve02", "pve03"],
    objects: "o1",
    blocks: "b1",
    timeoutSeconds: 30,
  };
});
afterEach(() => cluster.close());

async function makePending(): Promise<void> {
  const { code } = await cluster.run(
    "create",
    "/cluster/sdn/controllers",
    "--controller",
    "frr",
    "--type",
    "evpn",
    "--asn",
    "65000",
    "--peers",
    "10.255.0.1",
  );
  if (code !== 0) throw new Error("the cluster refused the change that the test begins with");
}

const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error("it succeeded");
    },
    (error: Error & { id?: string; properties?: ApplyOutputs }) => error,
  );

it("applies once and gives the task that it followed", async () => {
  await makePending();
  const { outs } = await provider.create(inputs);
  expect(outs.upid).toMatch(/^UPID:pve01:.*:reloadnetworkall:/);
  expect(cluster.applies()).toBe(1);
});

it("does not apply an update when nothing is pending and no block changed", async () => {
  const { outs } = await provider.update(
    "apply",
    { ...fresh(inputs), upid: "UPID:before" },
    { ...inputs, objects: "o2" },
  );
  expect(cluster.applies()).toBe(0);
  expect(outs.upid).toBe("UPID:before");
});

it("applies when only a block changed: PVE merges it at an apply alone", async () => {
  await provider.update("apply", fresh(inputs), { ...inputs, blocks: "b2" });
  expect(cluster.applies()).toBe(1);
});

it("believes the nodes, not the task that ends OK", async () => {
  await makePending();
  cluster.faults({ ifreloadFails: ["pve02"], nodeDown: ["pve03"] });
  const { message, id, properties } = await failureOf(provider.create(inputs));
  expect(message).toMatch(/pve02: its network reload ended with '.*failed/);
  expect(message).toMatch(/pve03: its network reload never began/);
  expect(message).not.toMatch(/^ +pve01:/m);
  expect(id).toBe("apply");
  // Recorded as failed, so that the next update applies again although nothing is pending.
  expect((await provider.diff("apply", properties as ApplyOutputs, inputs)).changes).toBe(true);
  cluster.faults({});
  const { outs } = await provider.update("apply", properties as ApplyOutputs, inputs);
  expect(outs.failure).toBe("");
  expect(cluster.applies()).toBe(2);
});

it("records by refresh what is pending, so that the next update applies it", async () => {
  await makePending();
  const { props } = await provider.read("apply", fresh(inputs));
  expect(props?.pending).toEqual(["controller frr (new)"]);
  expect((await provider.diff("apply", props as ApplyOutputs, inputs)).changes).toBe(true);
});

it("does nothing in its other half: settle's create, apply's delete", async () => {
  await makePending();
  await provider.create({ ...inputs, role: "settle" });
  await provider.delete("apply", fresh(inputs));
  expect(cluster.applies()).toBe(0);
});

it("settles removals when it goes, and only if something is pending", async () => {
  const settle = fresh({ ...inputs, role: "settle" });
  await provider.delete("settle", settle);
  expect(cluster.applies()).toBe(0);
  await makePending();
  await provider.delete("settle", settle);
  expect(cluster.applies()).toBe(1);
});

it("keeps the provider's own text in a failed resource, without which it could not go on", async () => {
  await makePending();
  cluster.faults({ ifreloadFails: ["pve02"] });
  const carried = { ...inputs, __provider: "text" };
  const { properties } = await failureOf(provider.create(carried));
  expect(properties?.__provider).toBe("text");
});

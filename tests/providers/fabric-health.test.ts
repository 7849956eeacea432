import { HealthInputs, HealthOutputs, provider } from "../../providers/fabric-health-provider";
import { labIntent, NodeName, recordedAnswer } from "../fixtures/observations";
import { configOf } from "../fixtures/pve-cluster";
import { sshServer, TestServer } from "../fixtures/ssh-server";

const intent = labIntent();
let server: TestServer;
let inputs: HealthInputs;
/** Changes what a node answers, while it is set. */
let damage: ((node: NodeName, answer: string) => string) | undefined;

/** One server plays all three nodes: the script names the VTEP of the one that it is for. */
function nodeOf(script: string): NodeName {
  return `pve0${/-I 10\.255\.0\.(\d) /.exec(script)?.[1]}` as NodeName;
}

/** Proxmox VE's answers to what the look asks; the cluster is as planned. */
function pvesh(command: string): unknown {
  const path = command.split(" ")[2] ?? "";
  const of = /vnets\/(\w+)\/subnets/.exec(path)?.[1];
  if (path.endsWith("/sdn/zones") && path.startsWith("/nodes")) {
    return [{ zone: "evpnz1", status: "available" }];
  }
  if (of) {
    const vnet = intent.vnets.find(({ id }) => id === of);
    return vnet?.subnets.map(({ id, cidr, gateway, snat }) => ({
      subnet: id,
      cidr,
      gateway,
      snat: snat ? 1 : 0,
    }));
  }
  if (path.endsWith("/vnets")) {
    return intent.vnets.map(({ id, vni }) => ({ vnet: id, zone: "evpnz1", tag: vni }));
  }
  return [];
}

beforeEach(async () => {
  damage = undefined;
  server = await sshServer((command, stdin) => {
    if (command.startsWith("pvesh")) return { stdout: JSON.stringify(pvesh(command)) };
    const node = nodeOf(stdin);
    const answer = recordedAnswer(node);
    return { stdout: damage?.(node, answer) ?? answer };
  });
  await provider.configure(configOf(server));
  inputs = {
    endpoints: intent.nodes.map(({ name }) => ({ ...server.endpoint, name })),
    intent,
    planHash: "0123456789abcdef",
    applied: "UPID:1",
    timeoutSeconds: 0,
  };
});
afterEach(() => server.close());

const noBgpd = (node: NodeName, answer: string) =>
  node === "pve02" ? answer.replace("\nbgpd\n", "\n") : answer;

it("proves a sound fabric, and an unchanged plan makes no diff", async () => {
  const { id, outs } = await provider.create(inputs);
  expect(outs).toMatchObject({ failure: "", verified: { planHash: inputs.planHash } });
  expect(Date.parse(outs.verified.at)).toBeGreaterThan(Date.now() - 60_000);
  expect((await provider.diff(id, outs, structuredClone(inputs))).changes).toBe(false);
  expect((await provider.diff(id, outs, { ...inputs, applied: "UPID:2" })).changes).toBe(true);
});

it("asks each node one thing over one connection, and the cluster through the entry node", async () => {
  await provider.create(inputs);
  const looks = server.commands.filter(({ command }) => !command.startsWith("pvesh"));
  expect(looks.map(({ stdin }) => nodeOf(stdin)).sort()).toEqual(["pve01", "pve02", "pve03"]);
});

it("fails with the failing rows only, keeps the last proof, and looks again at the next update", async () => {
  const { id, outs } = await provider.create(inputs);
  damage = noBgpd;
  const error = await provider.update(id, outs, { ...inputs, applied: "UPID:2" }).then(
    () => undefined,
    (reason: Error & { properties: HealthOutputs; reasons: string[] }) => reason,
  );
  expect(error?.message).toContain("pve02 daemon bgpd: expected runs; observed stopped");
  expect(error?.message).not.toContain("pve01");
  expect(error?.properties.verified).toEqual(outs.verified);
  const failed = error?.properties as HealthOutputs;
  expect((await provider.diff(id, failed, { ...inputs, applied: "UPID:2" })).changes).toBe(true);
  damage = undefined;
  const again = await provider.update(id, failed, inputs);
  expect(again.outs.failure).toBe("");
});

it("waits until what is missing has come, and says what it waits for", async () => {
  const said: string[] = [];
  const log = jest.spyOn(console, "log").mockImplementation((line: string) => said.push(line));
  let looks = 0;
  damage = (node, answer) => (node === "pve02" && looks++ === 0 ? noBgpd(node, answer) : answer);
  const { outs } = await provider.create({ ...inputs, timeoutSeconds: 60 });
  log.mockRestore();
  expect(outs.failure).toBe("");
  expect(said.join("\n")).toMatch(/waiting for 1 of \d+ checks, first: pve02 daemon bgpd/);
});

it("the state holds no text of blocks and stays small", async () => {
  const { outs } = await provider.create(inputs);
  const text = JSON.stringify(outs.intent);
  expect(text).not.toContain("router bgp");
  expect(text.length).toBeLessThan(6000);
});

import type { FabricConfigInput } from "../../config/schema";
import { provider } from "../../providers/fabric-preflight-provider";
import type { PreflightOutputs } from "../../providers/fabric-preflight-provider";
import { recordedAs } from "../fixtures/preflight-observations";
import { pveCluster, TestCluster } from "../fixtures/pve-cluster";
import { keyPair } from "../fixtures/ssh-keys";
import { sshServer, TestServer } from "../fixtures/ssh-server";
import { identity, labConfig } from "../fixtures/stack-config";

const NODES = ["pve01", "pve02", "pve03"];
const inputs = { identity, planHash: "plan", configHash: "config" };

let cluster: TestCluster;
let servers: TestServer[];
const user = keyPair();
const said: string[] = [];

/** Nodes as they were recorded; pvesh is the stand-in's. */
beforeAll(async () => {
  cluster = await pveCluster();
  servers = await Promise.all(
    NODES.map((node) =>
      sshServer(
        (command) => {
          if (command === "sh") return { stdout: recordedAs(node) };
          const [, ...argv] = command.replace("</dev/null", "").trim().split(" ");
          return cluster.run(...argv);
        },
        5000,
        user,
      ),
    ),
  );
  jest.spyOn(console, "log").mockImplementation((line: string) => void said.push(line));
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await cluster.close();
});

beforeEach(() => {
  said.length = 0;
  servers.forEach((server) => (server.commands.length = 0));
});

/** Gives the provider a config that leads to the servers. */
async function configure(change: (nodes: FabricConfigInput["nodes"]) => void = () => undefined) {
  const nodes = labConfig().nodes.map((node, index) => {
    const { host, port, hostKey } = (servers[index] as TestServer).endpoint;
    return { ...node, address: host, port, hostKey };
  });
  change(nodes);
  const texts: Record<string, unknown> = { ...labConfig({ nodes }), ssh: {} };
  const get = (key: string) =>
    key === "sshPrivateKey"
      ? user.private
      : texts[key] === undefined
        ? undefined
        : JSON.stringify(texts[key]);
  await provider.configure({ config: { get } });
}

const refusal = (work: Promise<unknown>) =>
  work.then(
    () => {
      throw new Error("it passed");
    },
    (error: Error & { properties: PreflightOutputs }) => error,
  );

it("passes where nothing stands against it, over one connection and one script a node", async () => {
  await configure();
  const { outs } = await provider.create(inputs);
  expect(outs).toMatchObject({ passed: true, findings: [], failure: "" });
  expect(outs.known).toContain("vnet vnet103");
  const scripts = servers.map(({ commands }) => commands.filter(({ command }) => command === "sh"));
  expect(scripts.map(({ length }) => length)).toEqual([1, 1, 1]);
  expect(said[0]).toBe("preflight: looking at pve01, pve02, pve03");
  expect(said.filter((line) => /looked at \(\d/.test(line))).toHaveLength(3);
});

it("names a dead node, one that is another, and one that refuses the key, all at once", async () => {
  const other = keyPair();
  const closed = await sshServer(() => ({}), 5000, other);
  await configure((nodes) => {
    Object.assign(nodes[0] as object, { hostKey: other.public.split(" ").slice(0, 2).join(" ") });
    Object.assign(nodes[1] as object, { port: 1 });
    Object.assign(nodes[2] as object, {
      port: closed.endpoint.port,
      hostKey: closed.endpoint.hostKey,
    });
  });
  const error = await refusal(provider.create(inputs));
  await closed.close();
  expect(error.message).toMatch(/pve01 ssh: .*host key is not the one in the config/);
  expect(error.message).toMatch(/pve02 ssh: .*no SSH connection \(connect ECONNREFUSED/);
  expect(error.message).toMatch(/pve03 ssh: .*refused the SSH key/);
  expect(error.message).toContain("mark it `retired: true`");
  expect(error.message).toContain("3 errors, 0 warnings; nothing was changed");
});

it("asks the first node that answers for the cluster when the entry node does not", async () => {
  await cluster.run("create", "/cluster/sdn/lock", "--allow-pending", "1");
  await configure((nodes) => Object.assign(nodes[0] as object, { port: 1 }));
  const error = await refusal(provider.create(inputs));
  const { findings, passed } = error.properties;
  expect(findings.map(({ node, check }) => `${node} ${check}`)).toEqual([
    "pve01 ssh",
    "cluster sdn-lock",
  ]);
  expect(passed).toBe(false);
  await cluster.run("delete", "/cluster/sdn/lock", "--force", "1");
});

it("a failure makes a diff, and a refresh records one and takes it back", async () => {
  await configure();
  const { outs } = await provider.create(inputs);
  const changes = async (state: PreflightOutputs) =>
    (await provider.diff("preflight", state, inputs)).changes;
  expect(await changes(outs)).toBe(false);
  await configure((nodes) => Object.assign(nodes[1] as object, { port: 1 }));
  const dead = await provider.read("preflight", outs);
  expect(dead.props?.failure).toContain("pve02 ssh");
  expect(await changes(dead.props as PreflightOutputs)).toBe(true);
  await configure();
  const back = await provider.read("preflight", dead.props as PreflightOutputs);
  expect(back.props).toEqual(outs);
});

it("sends no secret to a node, and its script only reads", async () => {
  await configure();
  await provider.create(inputs);
  const sent = servers.flatMap(({ commands }) => commands);
  expect(JSON.stringify(sent)).not.toContain(user.private.split("\n")[1]);
  const writes = sent.filter(({ command }) => /pvesh (set|create|delete)/.test(command));
  expect(writes.map(({ command }) => command)).toEqual([
    expect.stringContaining("/cluster/sdn/vnets/preflig --digest 0000"),
  ]);
});

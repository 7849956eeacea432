import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { renderOperatorBlock } from "../../plan/operator-block";
import { withBlock } from "../../plan/operator-file";
import { parseConfig } from "../../config/parse";
import {
  OperatorFrrInputs,
  OperatorFrrOutputs,
  provider,
} from "../../providers/operator-frr-provider";
import { nodeSshd, NodeSshd, userKeys } from "../fixtures/node-sshd";
import { identity, stackConfig } from "../fixtures/stack-config";
import { toyNode, ToyNode } from "../fixtures/toy-node";

/**
 * The node's real script, run by a real shell on folders. `vtysh` and `frr-reload.py` are stand-ins: a
 * text is refused that holds "syntax error", and fails to load that holds "semantic error".
 */
const VTYSH = `case "$1" in
-C) ! grep -q "syntax error" "$3" ;;
*) cat "$ROOT/bgp-summary.json" ;;
esac`;
const FRR_RELOAD = `#!/bin/sh
mode=$1; for file; do :; done
[ "$mode" = --reload ] || exit 0
echo "$mode $(sha256sum <"$file")" >>"$ROOT/reloads"
if grep -q "semantic error" "$file"; then echo "ERROR: line was refused"; exit 1; fi
cp "$file" "$ROOT/run/frr-running.conf"
[ -e "$ROOT/summary-after" ] && cp "$ROOT/summary-after" "$ROOT/bgp-summary.json"
exit 0
`;
const IP = `cat "$ROOT/routes" 2>/dev/null | grep -qx "$3" && echo "$3 via mesh" || true`;

const config = parseConfig(stackConfig("prod"));
const OTHERS = ["fd00:255::1", "fd00:255::2", "fd00:255::3"];
const original = (node: number) =>
  `# Ansible managed: \u00e9\u00ff\r\nrouter bgp 4200001000\r\n bgp router-id 10.0.10.${node}\r\n neighbor enp1s0f0np0 interface remote-as internal\r\n neighbor enp1s0f1np1 interface remote-as internal\r\nexit`;
const summary = (state: string) =>
  JSON.stringify({ ipv6Unicast: { peers: { enp1s0f0np0: { state } } } });

let folder: string;
let nodes: ToyNode[];
let sshds: NodeSshd[];
let inputs: OperatorFrrInputs;
let said: string[];

const file = (node: ToyNode) => path.join(node.root, "etc/frr/frr.conf");
const latin1 = (node: ToyNode) => fs.readFileSync(file(node), "latin1");
const write = (node: ToyNode, name: string, text: string) =>
  fs.writeFileSync(path.join(node.root, name), text, "latin1");
const wanted = (index: number) => {
  const { block } = inputs.nodes[index]!;
  const edited = withBlock(original(index + 1), block);
  return "text" in edited ? edited.text : "";
};
const fresh = (): OperatorFrrOutputs => ({ ...inputs, failure: "" });
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => {
      throw new Error("it succeeded");
    },
    (error: Error & { properties?: OperatorFrrOutputs }) => error,
  );

beforeEach(async () => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), "operator-frr-"));
  nodes = [1, 2, 3].map((n) => toyNode(folder, `pve0${n}`, `fd00:255::${n}`, "#!/bin/sh\n"));
  for (const [index, node] of nodes.entries()) {
    const program = (name: string, text: string) =>
      fs.writeFileSync(path.join(node.root, name), text, { mode: 0o755 });
    program("bin/vtysh", `#!/bin/sh\n${VTYSH}\n`);
    program("bin/ip", `#!/bin/sh\n${IP}\n`);
    program("usr/lib/frr/frr-reload.py", FRR_RELOAD);
    write(node, "etc/frr/frr.conf", original(index + 1));
    fs.chmodSync(file(node), 0o604);
    write(node, "bgp-summary.json", summary("Established"));
    write(node, "routes", OTHERS.join("\n"));
  }
  sshds = await Promise.all(nodes.map((node) => nodeSshd(node, (_command, run) => run())));
  inputs = {
    nodes: config.nodes.map((node, index) => ({
      endpoint: sshds[index]!.endpoint,
      loopbacks: OTHERS.filter((address) => address !== node.loopback.ipv6),
      block: renderOperatorBlock(config, node, node.loopback.ipv6 as string, identity),
    })),
    retired: [],
    timeoutSeconds: 2,
  };
  await provider.configure({
    config: {
      get: (key) => (key === "sshPrivateKey" ? userKeys.private : undefined),
    },
  });
  said = [];
  jest.spyOn(console, "log").mockImplementation((line: string) => void said.push(line));
});
afterEach(async () => {
  jest.restoreAllMocks();
  await Promise.all(sshds.map((sshd) => sshd.close()));
  fs.rmSync(folder, { recursive: true });
});

const left = (node: ToyNode) => fs.readdirSync(path.join(node.root, "etc/frr"));
const reloads = (node: ToyNode) => (node.read("reloads") ?? "").split("\n").length - 1;

it("writes what the pure function gives, byte for byte, keeps the mode, and leaves no other file", async () => {
  await provider.create(inputs);
  nodes.forEach((node, index) => {
    expect(latin1(node)).toBe(wanted(index));
    expect(fs.statSync(file(node)).mode & 0o777).toBe(0o604);
    expect(left(node)).toEqual(["frr.conf"]);
    expect(reloads(node)).toBe(1);
  });
  const order = said.flatMap((line) => /^(\S+): FRR loads/.exec(line)?.[1] ?? []);
  expect(order).toEqual(["pve01", "pve02", "pve03"]);
});

it("does nothing where all is as planned", async () => {
  await provider.create(inputs);
  await provider.update("operator-frr", fresh(), inputs);
  expect(nodes.map(reloads)).toEqual([1, 1, 1]);
});

it("finds by refresh a block that a tool overwrote, and puts it back on that node alone", async () => {
  await provider.create(inputs);
  expect((await provider.diff("", fresh(), inputs)).changes).toBe(false);
  write(nodes[1]!, "etc/frr/frr.conf", original(2));
  const { props } = await provider.read("operator-frr", fresh());
  expect((await provider.diff("", props as OperatorFrrOutputs, inputs)).changes).toBe(true);
  await provider.update("operator-frr", props as OperatorFrrOutputs, inputs);
  expect(latin1(nodes[1]!)).toBe(wanted(1));
  expect(nodes.map(reloads)).toEqual([1, 2, 1]);
});

it("takes the block out again, and nothing else", async () => {
  await provider.create(inputs);
  await provider.delete("operator-frr", fresh());
  nodes.forEach((node, index) => expect(latin1(node)).toBe(original(index + 1)));
});

it("takes the block from a node that left the config, and leaves a retired one alone", async () => {
  await provider.create(inputs);
  const [first, second, third] = inputs.nodes;
  const now = { ...inputs, nodes: [first!], retired: [third!.endpoint.name] };
  sshds[2]!.endpoint.name = "pve03";
  const named = { ...fresh(), nodes: [first!, second!, third!] };
  await provider.update("operator-frr", named, now);
  expect(nodes.map((node, index) => latin1(node) === wanted(index))).toEqual([true, false, true]);
});

it("touches no node when one file is refused, and names every such node", async () => {
  write(nodes[1]!, "etc/frr/frr.conf", "router bgp 65001\nexit\n");
  write(nodes[2]!, "etc/frr/frr.conf", "hostname pve03\n");
  const { message, properties } = await failureOf(provider.create(inputs));
  expect(message).toMatch(/pve02: .*AS number 65001/);
  expect(message).toMatch(/pve03: .*has no `router bgp 4200001000`/);
  expect(nodes.map(reloads)).toEqual([0, 0, 0]);
  expect((await provider.diff("", properties as OperatorFrrOutputs, inputs)).changes).toBe(true);
});

it("leaves the file when FRR's own check refuses the text", async () => {
  const bad = original(1).replace("# Ansible", "# syntax error");
  write(nodes[0]!, "etc/frr/frr.conf", bad);
  const { message } = await failureOf(provider.create(inputs));
  expect(message).toMatch(/^pve01: FRR refuses/);
  expect(latin1(nodes[0]!)).toBe(bad);
  expect(left(nodes[0]!)).toEqual(["frr.conf"]);
  expect(nodes.map(reloads)).toEqual([0, 0, 0]);
});

it("puts the text before back and loads it when the load fails; the nodes behind stay untouched", async () => {
  const [, second] = inputs.nodes;
  second!.block.text = second!.block.text.replace("! END", "! semantic error\n! END");
  const { message } = await failureOf(provider.create(inputs));
  expect(message).toMatch(/^pve02: FRR could not load.*the text before is back and loaded/);
  expect(message).toContain("ERROR: line was refused");
  expect(latin1(nodes[1]!)).toBe(original(2));
  expect(left(nodes[1]!)).toEqual(["frr.conf"]);
  expect(fs.readFileSync(path.join(nodes[1]!.root, "run/frr-running.conf"), "latin1")).toBe(
    original(2),
  );
  expect(latin1(nodes[0]!)).toBe(wanted(0));
  expect(latin1(nodes[2]!)).toBe(original(3));
});

it("goes no further, and takes the edit back, when a session does not come back", async () => {
  write(nodes[0]!, "summary-after", summary("Active"));
  const { message } = await failureOf(provider.create(inputs));
  expect(message).toContain("pve01: ipv6Unicast session with enp1s0f0np0");
  expect(message).toMatch(/its frr.conf is as before, and loaded/);
  expect(latin1(nodes[0]!)).toBe(original(1));
  expect(nodes.map(reloads)).toEqual([2, 0, 0]);
});

it("goes no further when a loopback's route does not come back", async () => {
  const reload = path.join(nodes[0]!.root, "usr/lib/frr/frr-reload.py");
  fs.writeFileSync(reload, FRR_RELOAD.replace(/exit 0\n$/, ': >"$ROOT/routes"; exit 0\n'));
  const { message } = await failureOf(provider.create(inputs));
  expect(message).toContain("pve01: route to loopback fd00:255::2");
  expect(nodes.map(reloads)).toEqual([2, 0, 0]);
});

it("does not overwrite what somebody wrote after the file was read", async () => {
  fs.writeFileSync(
    path.join(nodes[0]!.root, "bin/vtysh"),
    `#!/bin/sh\n${VTYSH.replace("-C)", `-C) printf '%s' 'changed' >"$ROOT/etc/frr/frr.conf";`)}\n`,
    { mode: 0o755 },
  );
  const { message } = await failureOf(provider.create(inputs));
  expect(message).toMatch(/^pve01: somebody changed/);
  expect(latin1(nodes[0]!)).toBe("changed");
});

import * as fs from "node:fs";
import * as path from "node:path";
import { provider } from "../../providers/sdn-apply-provider";
import { applyInputs, failureOf } from "../fixtures/apply-inputs";
import { configOf, pveCluster, TestCluster } from "../fixtures/pve-cluster";
import { controllerOptions, makeController } from "../fixtures/sdn-requests";

/** bgpd of pve02 ends in the middle of every apply, and another process takes its place. */

let cluster: TestCluster;
let said: string[];
const { asn, peers } = controllerOptions;
const controller = { kind: "controller", id: "frr", options: { asn: String(asn), peers } } as const;
const create = () => provider.create(applyInputs(cluster, [controller]));

/** Arguments with which frr-reload.py was called on a node. */
const calls = (name: string) =>
  (cluster.nodes.find((node) => node.name === name)?.read("run/reloads") ?? "").trim().split("\n");

beforeEach(async () => {
  cluster = await pveCluster();
  await provider.configure(configOf(cluster.server));
  said = [];
  jest.spyOn(console, "log").mockImplementation((line: string) => void said.push(line));
  await makeController(cluster);
  for (const { name, root } of cluster.nodes) {
    fs.mkdirSync(path.join(root, "run/frr"));
    fs.writeFileSync(path.join(root, "run/frr/bgpd.pid"), `${process.pid}\n`);
    const reload = `#!/bin/sh\necho "$*" | grep -o -e --reload -e --test >>"$ROOT/run/reloads"\n`;
    fs.writeFileSync(path.join(root, "usr/lib/frr/frr-reload.py"), reload);
    if (name !== "pve02") continue;
    const restart = `echo ${process.ppid} >$ROOT/run/frr/bgpd.pid\n`;
    fs.appendFileSync(path.join(root, "bin/ifreload"), restart);
  }
});

afterEach(async () => {
  jest.restoreAllMocks();
  await cluster.close();
});

it("loads frr.conf once more, there alone", async () => {
  await create();
  expect(said).toContainEqual(expect.stringMatching(/^pve02: bgpd was restarted/));
  expect(said.join()).not.toMatch(/pve0[13]: bgpd/);
  expect(said.join()).not.toContain("FRR is restarted");
  // Elsewhere by Proxmox VE alone; here once more. Then FRR is asked whether it runs it.
  expect(["pve01", "pve02", "pve03"].map(calls)).toEqual([
    ["--reload", "--test"],
    ["--reload", "--reload", "--test"],
    ["--reload", "--test"],
  ]);
});

it("asks the other nodes' neighbors again, since a changed prefix-list looks at no route twice", async () => {
  for (const { root } of cluster.nodes) {
    fs.appendFileSync(path.join(root, "bin/vtysh"), `echo "$*" >>"$ROOT/run/vtysh"\n`);
  }
  await create();
  const soft = ["ipv4", "ipv6"].map((family) => `-c clear bgp ${family} unicast * soft in`);
  for (const at of [0, 2]) {
    expect(cluster.nodes[at]?.read("run/vtysh")?.trim().split("\n")).toEqual(soft);
  }
});

/** frr-reload.py of pve02 whose test finds a difference until FRR was restarted, or for ever. */
function unlikeUntilRestart(mends: boolean): void {
  const { root = "" } = cluster.nodes[1] ?? {};
  const found =
    "printf 'Lines To Delete\\n===============\\nrouter bgp 65000\\n neighbor VTEP shutdown\\n'";
  fs.appendFileSync(
    path.join(root, "usr/lib/frr/frr-reload.py"),
    `[ "$1" = --reload ] || [ -e "$ROOT/run/restarted" ] || ${found}\n`,
  );
  const restart = `#!/bin/sh\necho "$*" >>"$ROOT/run/systemctl"\n${mends ? ': >"$ROOT/run/restarted"' : ""}\n`;
  fs.writeFileSync(path.join(root, "bin/systemctl"), restart, { mode: 0o755 });
}

it("leaves alone what is only another profile's default", async () => {
  const { root = "" } = cluster.nodes[2] ?? {};
  const found =
    "printf 'Lines To Delete\\n===============\\nrouter bgp 65000\\n neighbor MESH timers connect 30\\n'";
  const file = path.join(root, "usr/lib/frr/frr-reload.py");
  fs.appendFileSync(file, `[ "$1" = --reload ] || ${found}\n`);
  await create();
  expect(said.join("\n")).not.toContain("pve03: FRR");
  expect(calls("pve03")).toEqual(["--reload", "--test"]);
});

it("loads frr.conf again on a node that does not run all of it, and restarts nothing", async () => {
  const { root = "" } = cluster.nodes[2] ?? {};
  const found =
    "printf 'Lines To Delete\\n===============\\nrouter bgp 65000\\n neighbor VTEP shutdown\\n'";
  fs.appendFileSync(
    path.join(root, "usr/lib/frr/frr-reload.py"),
    `[ "$1" = --reload ] || [ "$(grep -c reload "$ROOT/run/reloads")" -gt 1 ] || ${found}\n`,
  );
  await create();
  expect(said.join("\n")).toMatch(
    /pve03: FRR does not run all of frr.conf \(.*neighbor VTEP shutdown\)/,
  );
  expect(calls("pve03")).toEqual(["--reload", "--test", "--reload", "--test"]);
});

it("restarts FRR there when it still runs something else", async () => {
  unlikeUntilRestart(true);
  await create();
  expect(said).toContain("pve02: that was not enough, so FRR is restarted");
  expect(cluster.nodes.map((node) => node.read("run/systemctl"))).toEqual([
    undefined,
    "restart frr\n",
    undefined,
  ]);
});

it("fails with what FRR runs beside the file when not even that helps", async () => {
  unlikeUntilRestart(false);
  const { message } = await failureOf(create());
  expect(message).toContain("pve02: bgpd was restarted during the apply, and FRR does not run");
  expect(message).toContain("| beside it: neighbor VTEP shutdown");
});

it("fails with FRR's own words where the file does not load", async () => {
  const { root = "" } = cluster.nodes[1] ?? {};
  const broken = `#!/bin/sh\n[ -e "$ROOT/run/reloads" ] && echo "line 7: nonsense" && exit 1\n: >"$ROOT/run/reloads"\n`;
  fs.writeFileSync(path.join(root, "usr/lib/frr/frr-reload.py"), broken);
  fs.writeFileSync(path.join(root, "bin/systemctl"), "#!/bin/sh\ntrue\n", { mode: 0o755 });
  const { message } = await failureOf(create());
  expect(message).toContain("pve02: bgpd was restarted during the apply, and FRR does not run");
  expect(message).toContain("| line 7: nonsense");
});

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

const reloads = (name: string) =>
  cluster.nodes.find((node) => node.name === name)?.read("run/reloads") ?? "";

beforeEach(async () => {
  cluster = await pveCluster();
  await provider.configure(configOf(cluster.server));
  said = [];
  jest.spyOn(console, "log").mockImplementation((line: string) => void said.push(line));
  await makeController(cluster);
  for (const { name, root } of cluster.nodes) {
    fs.mkdirSync(path.join(root, "run/frr"));
    fs.writeFileSync(path.join(root, "run/frr/bgpd.pid"), `${process.pid}\n`);
    const reload = `#!/bin/sh\necho reload >>"$ROOT/run/reloads"\n`;
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
  expect(["pve01", "pve02", "pve03"].map((name) => reloads(name).length)).toEqual(
    [1, 2, 1].map((times) => times * "reload\n".length),
  );
});

it("fails with FRR's own words where that does not load", async () => {
  const [, second] = cluster.nodes;
  const broken = `#!/bin/sh\n[ -e "$ROOT/run/reloads" ] && echo "line 7: nonsense" && exit 1\n: >"$ROOT/run/reloads"\n`;
  fs.writeFileSync(path.join(second?.root ?? "", "usr/lib/frr/frr-reload.py"), broken);
  const { message } = await failureOf(create());
  expect(message).toContain("pve02: bgpd was restarted during the apply, and FRR does not load");
  expect(message).toContain("| line 7: nonsense");
});

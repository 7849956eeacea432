import * as fs from "node:fs";
import * as path from "node:path";
import type { PveVersion } from "../../../pve-model/types";
import { bench, nodes, shellThat, type Bench } from "./pve-bench";

/** A node's interfaces with the loopback that is its VTEP address. */
const interfaces = (node: string) => `auto lo
iface lo inet loopback
	address 10.255.0.${node.slice(-1)}/32
`;

/** Scripts that the nodes got, and what they left there. */
interface Nodes {
  one: Bench;
  /** Nodes in the order of their reloads. */
  order: string[];
  scripts: Map<string, string>;
}

const ok = "@@ interfaces 0\n@@ ifreload 0\n@@ frr 0\n";

/** Nodes that answer the gathering script like the lab's, and the reload with `answer`. */
function nodesThat(
  answer: (node: string, script: string) => string,
  version: PveVersion = "9.1",
): Nodes {
  const order: string[] = [];
  const scripts = new Map<string, string>();
  const marker = "@@ proxmox-evpn lab stand-in @@\n";
  const shell = shellThat((node, script) => {
    if (script.includes(marker.trim())) {
      const address = `10.255.0.${node.slice(-1)}`;
      const route = `local 10.255.0.1 dev lo src ${address} uid 0`;
      return { stdout: `${interfaces(node)}${marker}${marker}${route}\n${marker}` };
    }
    order.push(node);
    scripts.set(node, script);
    return { stdout: answer(node, script) };
  });
  return { one: bench(version, shell), order, scripts };
}

async function seed({ sh }: Bench): Promise<void> {
  await sh(
    "create /cluster/sdn/controllers --controller frr --type evpn --asn 4200001000 --peers 10.255.0.1,10.255.0.2,10.255.0.3",
  );
  await sh("create /cluster/sdn/zones --zone evpnz1 --type evpn --controller frr --vrf-vxlan 4096");
  await sh("create /cluster/sdn/vnets --vnet vnet100 --zone evpnz1 --tag 10100");
}

interface Row {
  upid: string;
  node: string;
  type: string;
  status: string;
}

const tasksOf = (one: Bench, node: string) => one.get<Row[]>(`/nodes/${node}/tasks`);

function faults(one: Bench, what: object): void {
  fs.writeFileSync(path.join(one.directory, "faults.json"), JSON.stringify(what));
}

test("an apply reloads each node once, in the foreground, and prints its UPID last", async () => {
  const { one, order, scripts } = nodesThat(() => ok);
  await seed(one);
  const { out, code } = await one.sh("set /cluster/sdn", "pve02");
  expect(code).toBe(0);
  expect([...order].sort()).toEqual(["pve01", "pve02", "pve03"]);
  const lines = out.trimEnd().split("\n");
  expect(lines.slice(0, -1)).toEqual(order.map((node) => `${node}: reloading network config`));
  expect(lines.at(-1)).toMatch(
    /^UPID:pve02:[0-9A-F]{8}:[0-9A-F]{8}:[0-9A-F]{8}:reloadnetworkall::root@pam:$/,
  );
  for (const { name } of nodes) {
    expect(scripts.get(name)).toContain(`vxlan-local-tunnelip 10.255.0.${name.slice(-1)}`);
    expect(scripts.get(name)).toContain(`bgp router-id 10.255.0.${name.slice(-1)}`);
    const [row] = await tasksOf(one, name);
    expect(row).toMatchObject({
      node: name,
      type: name === "pve02" ? expect.any(String) : "srvreload",
    });
  }
});

test("status and log of a task", async () => {
  const { one } = nodesThat(
    () => "@@ interfaces 0\nwarning: vnet100: late\n@@ ifreload 0\n@@ frr 0\n",
  );
  await seed(one);
  await one.sh("set /cluster/sdn");
  const [row] = await tasksOf(one, "pve03");
  const at = `/nodes/pve03/tasks/${row?.upid}`;
  expect(await one.get(`${at}/status`)).toEqual({
    upid: row?.upid,
    node: "pve03",
    type: "srvreload",
    id: "networking",
    user: "root@pam",
    status: "stopped",
    exitstatus: "OK",
    pid: expect.any(Number),
    pstart: expect.any(Number),
    starttime: expect.any(Number),
  });
  expect(await one.get(`${at}/log`)).toEqual([
    { n: 1, t: "vnet100 : warning: vnet100: late " },
    { n: 2, t: "TASK OK" },
  ]);
  expect(await one.get(`${at}/log`, "--start", "1", "--limit", "1")).toEqual([
    { n: 2, t: "TASK OK" },
  ]);
});

test("failures on nodes: the parent ends OK and says nothing, the node's own task tells", async () => {
  const { one } = nodesThat((node) => {
    if (node === "pve01") return "@@ interfaces 0\nerror: vnet100: no\n@@ ifreload 1\n";
    return node === "pve02" ? "@@ interfaces 0\n@@ ifreload 0\nWARN: missing\n@@ frr 0\n" : ok;
  });
  await seed(one);
  faults(one, { frrFails: ["pve03"] });
  const { out, code } = await one.sh("set /cluster/sdn");
  expect(code).toBe(0);
  expect(out).toMatch(/^(pve0\d: reloading network config\n){3}UPID:/);
  const status = async (node: string) =>
    (await tasksOf(one, node)).find(({ type }) => type === "srvreload")?.status;
  expect(await status("pve01")).toBe("command 'ifreload -a' failed: exit code 1");
  expect(await status("pve02")).toBe("WARNINGS: 1");
  expect(await status("pve03")).toBe(
    "unable to write '/etc/frr/frr.conf' - No space left on device",
  );
});

test("a node that is down shows in the parent's log alone", async () => {
  const { one, order } = nodesThat(() => ok);
  await seed(one);
  faults(one, { nodeDown: ["pve02"] });
  const { out } = await one.sh("set /cluster/sdn");
  expect(out).toContain("ssh: connect to host 10.0.10.2 port 22: No route to host\n");
  expect(out).toContain("command 'pvesh set /nodes/pve02/network' failed: exit code 255\n");
  const parent = await one.get(`/nodes/pve01/tasks/${out.trim().split("\n").at(-1)}/status`);
  expect(parent).toMatchObject({ type: "reloadnetworkall", exitstatus: "OK" });
  expect([...order].sort()).toEqual(["pve01", "pve03"]);
  expect(await one.sh("get /nodes/pve02/tasks")).toMatchObject({ code: 255 });
  expect(await one.get("/cluster/status")).toContainEqual(
    expect.objectContaining({ name: "pve02", online: 0 }),
  );
});

test("PUT /nodes/N/network alone: the error is shown, and pvesh still leaves with 0", async () => {
  const { one, order } = nodesThat(() => "@@ interfaces 0\n@@ ifreload 7\n");
  const { out, code } = await one.sh("set /nodes/pve03/network");
  expect(code).toBe(0);
  expect(order).toEqual(["pve03"]);
  expect(out).toMatch(
    /^command 'ifreload -a' failed: exit code 7\nUPID:pve03:.*:srvreload:networking:/,
  );
});

test("peers without a router id: interfaces.d/sdn is loaded, frr.conf is left alone", async () => {
  const { one, scripts } = nodesThat(() => ok);
  await seed(one);
  await one.sh("set /cluster/sdn/controllers/frr --peers fd00:255::1,fd00:255::2");
  const shell = one.cluster.shell.run.bind(one.cluster.shell);
  one.cluster.shell.run = async (node, script, limit) => {
    const answer = await shell(node, script, limit);
    const route = "local fd00:255::1 dev dummy0 src fd00:255::1 metric 0";
    return { ...answer, stdout: answer.stdout.replace(/^local .*$/m, route) };
  };
  await one.sh("set /cluster/sdn");
  expect(scripts.get("pve01")).toContain("interfaces.d/sdn");
  expect(scripts.get("pve01")).not.toContain("/etc/frr/frr.conf");
  const row = (await tasksOf(one, "pve01")).find(({ type }) => type === "srvreload");
  expect(row?.status).toBe("can't autofind a router-id value from ip or mac");
});

test("9.1 leaves FRR alone when neither the old nor the new configuration needs it", async () => {
  const { one, scripts } = nodesThat(() => ok);
  await one.sh("set /cluster/sdn");
  expect(scripts.get("pve01")).not.toContain("/etc/frr/frr.conf");
  await seed(one);
  await one.sh("set /cluster/sdn");
  expect(scripts.get("pve01")).toContain("/etc/frr/frr.conf");
  for (const what of ["vnets/vnet100", "zones/evpnz1", "controllers/frr"]) {
    expect((await one.sh(`delete /cluster/sdn/${what}`)).code).toBe(0);
  }
  await one.sh("set /cluster/sdn");
  expect(scripts.get("pve01")).toContain("/etc/frr/frr.conf");
  await one.sh("set /cluster/sdn");
  expect(scripts.get("pve01")).not.toContain("/etc/frr/frr.conf");
});

test("applies are counted, and the running version grows with each", async () => {
  const { one } = nodesThat(() => ok);
  await one.sh("set /cluster/sdn");
  await one.sh("set /cluster/sdn", "pve03");
  const lines = fs.readFileSync(one.cluster.appliesFile, "utf8").trimEnd().split("\n");
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([
    { version: 1, node: "pve01", via: "pvesh" },
    { version: 2, node: "pve03", via: "pvesh" },
  ]);
});

test("a worker whose process died is stopped with an unexpected status after a restart", async () => {
  const { one } = nodesThat(() => ok);
  await seed(one);
  const never = new Promise<void>(() => undefined);
  const { upid } = one.cluster.tasks.start(
    { node: "pve01", type: "reloadnetworkall", id: "", user: "root@pam" },
    (log) => {
      log.line("pve01: reloading network config");
      return never;
    },
  );
  expect(one.cluster.tasks.status(upid)).toMatchObject({ status: "running" });
  const restarted = bench("9.1", undefined, one.directory);
  expect(await restarted.get(`/nodes/pve01/tasks/${upid}/status`)).toMatchObject({
    status: "stopped",
    exitstatus: "unexpected status",
  });
  expect(await restarted.get("/cluster/sdn/zones/evpnz1")).toMatchObject({ "vrf-vxlan": 4096 });
});

test("9.2 shows what an apply would change on a node, and changes nothing", async () => {
  const { one, order } = nodesThat(() => "", "9.2-pre");
  await seed(one);
  const diffs = await one.get<Record<string, string>>("/cluster/sdn/dry-run", "--node", "pve02");
  expect(diffs["interfaces-diff"]).toMatch(/^--- \/etc\/network\/interfaces\.d\/sdn\n/);
  expect(diffs["interfaces-diff"]).toContain("+auto vxlan_vnet100\n");
  expect(diffs["frr-diff"]).toContain("+ bgp router-id 10.255.0.2\n");
  expect(one.cluster.state.running).toBeNull();
  expect(order).toEqual(["pve02", "pve02"]);
});

// The block on the nodes: what FRR's own vtysh says of it, what stops an installation, what becomes of a
// block that somebody changes.
import { spawn, spawnSync } from "node:child_process";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { mergedFile } from "../../plan/block-check";
import { installScript } from "../../plan/block-scripts";
import { buildPlan } from "../../plan/plan";
import { Plan } from "../../plan/types";
import { parseConfig } from "../../config/parse";
import { PVE_VERSIONS } from "../../pve-model/types";
import { goodLines } from "../fixtures/frr-lines";
import { identity } from "../fixtures/stack-config";
import { labPlan } from "../fixtures/block";
import { validConfig } from "../unit/config/arbitrary-config";
import { applies, eventually, NODES, NodeName, on, paths, pulumi, up } from "./harness";
import { labShell } from "../../lab/toolchain/env";

jest.setTimeout(900_000);

const FILE = "/etc/frr/frr.conf.local";

beforeAll(async () => void (await up()));

/** `evpn` as a person calls it in the lab's shell. */
function evpn(...args: string[]) {
  const run = spawnSync("npm", ["run", "-s", "evpn", "--", ...args, "--stack", "lab"], {
    cwd: paths.root,
    encoding: "utf8",
    env: { ...process.env, ...labShell(paths.root) },
  });
  return { code: run.status, output: run.stdout + run.stderr };
}

/** A script on a node with a text as its standard input. */
function onWith(node: NodeName, script: string, stdin: string) {
  const run = spawnSync("ssh", ["-F", paths.sshConfig, node, script], {
    input: stdin,
    encoding: "utf8",
  });
  return { code: run.status, output: run.stdout + run.stderr };
}

const block = (text: string) => {
  const marker = `proxmox-evpn ${identity.project}/${identity.stack}`;
  return `! BEGIN ${marker}\n${text}! END ${marker}\n`;
};

it("vtysh takes the merged file of whatever the plan accepts, on each version of Proxmox VE", async () => {
  const drawn = fc.sample(fc.tuple(validConfig, goodLines), { seed: 5, numRuns: 8 });
  const files = drawn.flatMap(([config, extraLines]) =>
    PVE_VERSIONS.flatMap((pveVersion) => {
      const cluster = { ...config.cluster, pveVersion };
      const plan: Plan = buildPlan(
        parseConfig({ ...config, cluster, frr: { ...config.frr, extraLines } }),
        identity,
      );
      const text = plan.nodes[0] && mergedFile(pveVersion, plan, plan.nodes[0]);
      return text === undefined ? [] : [`${text.trimEnd()}\n`];
    }),
  );
  expect(files).toHaveLength(8 * PVE_VERSIONS.length);
  const packed = gzipSync(files.join("@@\n")).toString("base64");
  // One file broken on purpose: the check itself must be able to fail.
  const { output } = await on(
    "pve01",
    `mkdir /tmp/blocks && cd /tmp/blocks && echo ${packed} | base64 -d | gunzip |
      awk -v RS='@@\\n' '{ printf "%s", $0 > (NR ".conf") }'
    sed 's/^router bgp/router nonsense bgp/' 1.conf >broken.conf
    for file in *.conf; do vtysh -C -f $file >/dev/null 2>$file.said || echo "$file: $(cat $file.said)"; done
    ls *.conf | wc -l; rm -r /tmp/blocks`,
  );
  const refused = output.split("\n").filter((line) => /^\S+\.conf: /.test(line));
  expect(refused).toEqual([expect.stringContaining("broken.conf: ")]);
  expect(output.trim().split("\n").at(-1)).toBe(String(files.length + 1));
});

describe("an installation that cannot end well leaves the old text, and says node and line", () => {
  const script = installScript({ identity, node: "pve02" });
  const good = block("router bgp 4200001000\n neighbor MESH bfd\nexit\n");
  let old: string;
  const look = async () =>
    (await on("pve02", `cat ${FILE}; ls -A /etc/frr | grep -c '^\\.frr'`)).output;
  beforeAll(async () => (old = await look()));
  afterEach(async () => expect(await look()).toBe(old));

  it("when FRR refuses a line", () => {
    const { code, output } = onWith(
      "pve02",
      script,
      block("router bgp 4200001000\n neighbour MESH bfd\nexit\n"),
    );
    expect(output).toMatch(/pve02: \/etc\/frr\/frr\.conf\.local: FRR refuses the new text/);
    expect(output).toMatch(/line 3 of our block: .*neighbour MESH bfd/);
    expect(code).toBe(4);
  });

  it("when the file system is full, or read-only, or the file immutable", async () => {
    const copy =
      "mkdir -p /tmp/frr && cp -a /etc/frr/. /tmp/frr && mount -t tmpfs -o size=64k tmpfs /etc/frr && cp -a /tmp/frr/. /etc/frr && chown frr:frr /etc/frr";
    expect(await on("pve02", copy)).toMatchObject({ code: 0 });
    try {
      await on("pve02", "dd if=/dev/zero of=/etc/frr/filler bs=4k 2>/dev/null; true");
      expect(onWith("pve02", script, good).output).toMatch(
        /cannot be written beside it|nothing can be written/,
      );
      expect(await look()).toBe(old);
      await on("pve02", "rm /etc/frr/filler; mount -o remount,ro /etc/frr");
      expect(onWith("pve02", script, good).output).toContain("nothing can be written beside it");
      await on("pve02", "mount -o remount,rw /etc/frr");
      expect(await on("pve02", `chattr +i ${FILE}`)).toMatchObject({ code: 0 });
      expect(onWith("pve02", script, good).output).toMatch(/cannot be (kept|replaced)/);
      expect(await look()).toBe(old);
    } finally {
      await on(
        "pve02",
        `chattr -i ${FILE}; mount -o remount,rw /etc/frr; umount /etc/frr; rm -r /tmp/frr`,
      );
    }
  });

  it("when the connection is lost in the middle", async () => {
    const ssh = spawn("ssh", ["-F", paths.sshConfig, "pve02", script], {
      stdio: ["pipe", "ignore", "ignore"],
    });
    ssh.stdin.write(good.slice(0, 60));
    await eventually(
      async () => (await on("pve02", "ls -A /etc/frr | grep -c '^\\.frr'")).output.trim(),
      (staged) => staged !== "0",
    );
    ssh.kill("SIGKILL");
    await eventually(look, (seen) => seen === old);
  });
});

it("a block edited, lost or half merged is found by refresh, shown by a preview, and put back by one up", async () => {
  expect(evpn("diff-frr")).toEqual({
    code: 0,
    output: "pve01: as planned\npve02: as planned\npve03: as planned\n",
  });
  await on("pve01", `sed -i 's/neighbor MESH bfd/neighbor MESH bfd profile slow/' ${FILE}`);
  await on("pve02", `rm ${FILE}`);
  await on("pve03", "sed -i '/neighbor MESH bfd/d' /etc/frr/frr.conf");
  const differs = evpn("diff-frr");
  expect(differs.output).toContain("+ neighbor MESH bfd profile slow");
  expect(differs.output).toMatch(/^pve03: differs\n {2}frr\.conf: merged/m);
  expect(differs.code).toBe(1);

  expect((await pulumi(["refresh", "--yes", "--skip-preview"])).code).toBe(0);
  const preview = await pulumi(["preview", "--diff"]);
  expect(preview.output).toContain("Put back after a change on the node: 1");
  const before = applies();
  await up();
  expect(applies()).toBe(before + 1);
  expect(evpn("diff-frr")).toMatchObject({ code: 0 });
  for (const node of NODES) {
    const { output } = await on(node, "vtysh -c 'show running-config'");
    expect(output).toMatch(/^ neighbor MESH bfd$/m);
  }
  const steady = await pulumi(["refresh", "--yes", "--skip-preview", "--expect-no-changes"]);
  expect(steady).toMatchObject({ code: 0 });
  expect(await pulumi(["preview", "--expect-no-changes"])).toMatchObject({ code: 0 });
});

it("`evpn render` prints the block that stands on the node", async () => {
  const { output } = await on("pve02", `cat ${FILE}`);
  expect(evpn("render", "--node", "pve02").output).toBe(output);
  expect(output).toBe(labPlan().blocks.pve02);
});

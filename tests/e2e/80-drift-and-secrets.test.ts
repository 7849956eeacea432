import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import {
  applies,
  evpn,
  json,
  NodeName,
  NODES,
  on,
  paths,
  pending,
  pulumi,
  pvesh,
  up,
} from "./harness";

jest.setTimeout(600_000);

beforeAll(() => up());
afterAll(() => up());

it("what was changed by hand is found by `evpn diff` and by a refresh, and repaired by one `up`", async () => {
  expect(await evpn("diff", "--stack", "lab")).toMatchObject({ code: 0 });
  const changes = [
    "pvesh set /cluster/sdn/controllers/frr --asn 65009",
    "pvesh set /cluster/sdn/zones/evpnz1 --mtu 1400",
    "pvesh set /cluster/sdn/vnets/vnet100 --alias Drifted",
    "pvesh set /cluster/sdn/vnets/vnet101/subnets/evpnz1-10.101.0.0-24 --snat 0",
    "pvesh delete /cluster/sdn/vnets/vnet103/subnets/evpnz1-10.103.0.0-24",
    "pvesh delete /cluster/sdn/vnets/vnet103/subnets/evpnz1-fd00:103::-64",
    "pvesh delete /cluster/sdn/vnets/vnet103",
  ];
  const changed = await on("pve02", `set -e; ${changes.join("; ")}; ip link del vxlan_vnet102`);
  expect(changed).toMatchObject({ code: 0 });

  const { code, output } = await evpn("diff", "--stack", "lab");
  expect(code).toBe(1);
  for (const line of [
    "controller frr: asn is 65009, planned is 4200001000",
    "zone evpnz1: mtu is 1400, planned is 1450",
    "vnet vnet100: alias is Drifted, planned is General Workloads",
    "subnet evpnz1-10.101.0.0-24: snat is not set, planned is 1",
    "vnet vnet103: is missing",
    "pve02: vxlan_vnet102 is missing",
  ]) {
    expect(output).toContain(line);
  }

  const before = applies();
  const refreshed = await pulumi(["refresh", "--yes", "--skip-preview"]);
  expect(refreshed.code).toBe(0);
  await up();
  expect(applies()).toBe(before + 1);
  expect(await pending()).toEqual([]);
  const devices = await json<{ ifname: string }[]>("pve02", "ip -j link show type vxlan");
  expect(devices.map(({ ifname }) => ifname)).toContain("vxlan_vnet102");
  expect(await pvesh("/cluster/sdn/controllers/frr")).toMatchObject({ asn: 4200001000 });
  expect(await evpn("diff", "--stack", "lab")).toMatchObject({ code: 0 });
  const again = await pulumi(["refresh", "--yes", "--expect-no-changes"]);
  expect(again.code).toBe(0);
});

/** The key's and the token's forms, and how many of them a text holds. */
function secrets() {
  const [key, token] = [paths.sshKey, paths.apiToken].map((file) =>
    fs.readFileSync(file, "utf8").trim(),
  ) as [string, string];
  const forms = [...formsOf(key), ...formsOf(token), token.split("=")[1] as string];
  expect(forms.length).toBeGreaterThan(4);
  const holders = (text: string) => forms.filter((form) => text.includes(form)).length;
  return { forms, holders };
}

/** Forms in which a secret may stand somewhere: itself, base64 of it, and each long line of a key. */
function formsOf(secret: string): string[] {
  // The first line is the same in every OpenSSH key of its kind: "openssh-key-v1", no passphrase.
  const lines = secret
    .split("\n")
    .filter((line) => line.length > 24 && !/^(-----|b3BlbnNzaC1rZXktdjE)/.test(line));
  return [...lines, Buffer.from(secret).toString("base64").slice(0, 60)];
}

function filesBelow(folder: string): string[] {
  return fs.readdirSync(folder, { recursive: true, encoding: "utf8" }).flatMap((name) => {
    const file = path.join(folder, name);
    const stat = fs.lstatSync(file);
    return stat.isFile() && stat.size < 5_000_000 ? [file] : [];
  });
}

/** Command lines and environments' names of all processes, as `ps` shows them. */
const processList = () =>
  fs
    .readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return fs.readFileSync(`/proc/${pid}/cmdline`, "utf8");
      } catch {
        return "";
      }
    })
    .join("\n");

/**
 * Files of a node that hold one of the texts, and its processes whose arguments do. The texts go over
 * standard input, so that the search itself shows none.
 */
function foundOn(node: NodeName, forms: string[]): string[] {
  const script = `p=$(cat)
    grep -rlaF -f <(printf '%s\\n' "$p") /etc /root /tmp /run /var 2>/dev/null
    for f in /proc/[0-9]*/cmdline; do
      tr '\\0' ' ' <$f 2>/dev/null | grep -qF -f <(printf '%s\\n' "$p") && echo $f
    done
    true`;
  const args = ["-F", paths.sshConfig, node, script];
  const { status, stdout } = spawnSync("ssh", args, { input: forms.join("\n"), encoding: "utf8" });
  if (status !== 0) throw new Error(`${node}: the search ended with ${status}`);
  return stdout.split("\n").filter(Boolean);
}

type StackConfig = Record<string, unknown>;

/** Makes an update that does something. */
const alias = (text: string) => (config: StackConfig) => {
  const vnets = config["proxmox-evpn:vnets"] as { alias: string }[];
  (vnets[0] as { alias: string }).alias = text;
};

it("private key and API token stand nowhere in clear", async () => {
  const { forms, holders } = secrets();
  const seen = new Set<string>();
  const watch = setInterval(() => seen.add(processList()), 100);
  const outputs = [
    await pulumi(["preview", "--diff"], alias("Loud")),
    await pulumi(["up", "--yes", "--skip-preview"], alias("Loud")),
    await pulumi(["stack", "export"]),
  ].map(({ output }) => output);
  clearInterval(watch);
  outputs.forEach((output) => expect(holders(output)).toBe(0));
  expect(holders([...seen].join("\n"))).toBe(0);

  const found = filesBelow(paths.lab)
    .filter((file) => !file.startsWith(paths.secrets))
    .filter((file) => holders(fs.readFileSync(file, "latin1")) > 0);
  expect(found).toEqual([]);
  for (const node of NODES) expect([node, foundOn(node, forms)]).toEqual([node, []]);
});

it("not even in the engine's own log at verbosity 9, since agent and environment hold them", async () => {
  const { holders } = secrets();
  const loud = ["-v=9", "--logtostderr", "--logflow"];
  const runs = [
    await pulumi(["preview", "--diff", ...loud], alias("Loudest")),
    await pulumi(["up", "--yes", "--skip-preview", ...loud], alias("Loudest")),
    await pulumi(["refresh", "--yes", "--skip-preview", ...loud], alias("Loudest")),
  ];
  for (const { code, output } of runs) {
    expect([code, holders(output)]).toEqual([0, 0]);
    expect(output).toContain("Marshaling property for RPC");
  }
});

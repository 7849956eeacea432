import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../../lab/guest/process";
import { controllerForm, root, StandInProcess } from "./lab-pve-process";

/** The nodes' own script against the stand-in's port. */

const standIn = new StandInProcess();

beforeAll(async () => {
  await standIn.prepare();
  await standIn.call("POST", "/cluster/sdn/controllers", controllerForm);
}, 60_000);
afterAll(() => standIn.remove());

/** The nodes' script with this bench's places in it. */
function script(
  port = standIn.settings.pveshPort,
  keyFile = standIn.settings.pveshKeyFile,
): string {
  const file = path.join(standIn.home, `pvesh-${port}`);
  const text = fs
    .readFileSync(path.join(root, "lab/guest/rootfs/usr/bin/pvesh"), "utf8")
    .replace("'10.0.10.200', 8007", `'127.0.0.1', ${port}`)
    .replace("/etc/pve/priv/lab-standin.key", keyFile)
    .replace("chomp $node;", "$node = 'pve02';");
  fs.writeFileSync(file, text, { mode: 0o755 });
  return file;
}
const pvesh = (args: string[], file = script()) => run(file, args, { timeoutMs: 20_000 });

test("output, errors and exit codes arrive apart", async () => {
  const shown = await pvesh(["get", "/cluster/sdn/controllers/frr", "--output-format", "json"]);
  expect(shown).toMatchObject({ code: 0, stderr: "" });
  expect(JSON.parse(shown.stdout)).toMatchObject({ controller: "frr" });
  expect(await pvesh(["delete", "/cluster/sdn/controllers/nope"])).toMatchObject({
    code: 255,
    stdout: "",
    stderr: "delete sdn controller object failed: sdn 'nope' does not exist\n",
  });
});

test("arguments keep blanks and letters beyond ASCII", async () => {
  await pvesh(
    "create /cluster/sdn/zones --zone evpnz1 --type evpn --controller frr --vrf-vxlan 4096".split(
      " ",
    ),
  );
  const create = "create /cluster/sdn/vnets --vnet vnet100 --zone evpnz1 --tag 10100 --alias";
  await pvesh([...create.split(" "), "two  blanks (x)"]);
  const get = ["get", "/cluster/sdn/vnets/vnet100", "--output-format", "json"];
  expect(JSON.parse((await pvesh(get)).stdout)).toMatchObject({ alias: "two  blanks (x)" });
  await pvesh(["set", "/cluster/sdn/vnets/vnet100", "--alias", "é"]);
  // PVE stores this one and cannot read it back: only if it arrived as it is.
  const lost = await pvesh(get);
  expect(lost.stderr).toMatch(/^file \/etc\/pve\/sdn\/vnets.cfg line 3 .* unable to parse value/);
  expect(JSON.parse(lost.stdout)).not.toHaveProperty("alias");
});

test("an apply runs in the foreground of the node that asks", async () => {
  const { stdout, code } = await pvesh(["set", "/cluster/sdn"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/pve01: reloading network config\n/);
  expect(stdout).toMatch(/\nUPID:pve02:.*:reloadnetworkall::root@pam:\n$/);
});

test("without the stand-in it ends like pvesh without pmxcfs", async () => {
  const { code, stderr } = await pvesh(["get", "/version"], script(1));
  expect(code).toBe(255);
  expect(stderr).toBe("ipcc_send_rec[1] failed: Connection refused\n");
});

test("a wrong key is refused", async () => {
  const wrong = path.join(standIn.home, "wrong-key");
  fs.writeFileSync(wrong, "another\n");
  const { code, stderr } = await pvesh(
    ["get", "/version"],
    script(standIn.settings.pveshPort, wrong),
  );
  expect(code).toBe(255);
  expect(stderr).toMatch(/refuses: wrong key/);
});

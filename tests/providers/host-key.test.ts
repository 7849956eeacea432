import { execFileSync } from "node:child_process";
import { hostKeyReport } from "../../cli/commands/hostkeys";
import { offeredHostKey } from "../../providers/host-key";
import { SshError } from "../../providers/ssh";
import { sshServer, TestServer } from "../fixtures/ssh-server";

let server: TestServer;
afterEach(() => server?.close());

/** OpenSSH's own words for a public key. */
const fingerprintOf = (key: string) =>
  execFileSync("ssh-keygen", ["-lf", "-"], { input: key }).toString();

const bare = (key: string) => key.split(" ").slice(0, 2).join(" ");

it("shows the key that answers, with the fingerprint that ssh-keygen prints, and logs in nowhere", async () => {
  server = await sshServer(() => ({}));
  const { endpoint } = server;
  const key = await offeredHostKey({ ...endpoint, hostKey: "" }, 5000);
  expect(key.text).toBe(bare(endpoint.hostKey));
  expect(fingerprintOf(key.text)).toContain(` ${key.fingerprint} `);
  expect(server.commands).toEqual([]);
});

it("says who does not answer", async () => {
  server = await sshServer(() => ({}));
  const { endpoint } = server;
  await server.close();
  await expect(offeredHostKey(endpoint, 2000)).rejects.toThrow(
    /^pve01 \(127.0.0.1, port \d+\): no host key/,
  );
});

it("prints YAML to paste, and compares with the config", async () => {
  server = await sshServer(() => ({}));
  const { endpoint } = server;
  const key = await offeredHostKey(endpoint, 5000);
  const known = hostKeyReport([{ endpoint, key }]);
  expect(known.code).toBe(0);
  expect(known.text).toContain("as in the config");
  expect(known.text).toContain(`    - name: pve01\n      hostKey: ${key.text}\n`);
  const fresh = hostKeyReport([{ endpoint: { ...endpoint, hostKey: "" }, key }]);
  expect([fresh.code, / new$/m.test(fresh.text)]).toEqual([0, true]);
});

it("ends with 1 for a key that differs and with 2 for a node that does not answer", async () => {
  server = await sshServer(() => ({}));
  const { endpoint } = server;
  const key = await offeredHostKey(endpoint, 5000);
  await server.close();
  server = await sshServer(() => ({}));
  const other = hostKeyReport([
    { endpoint: { ...endpoint, hostKey: server.endpoint.hostKey }, key },
  ]);
  expect([other.code, other.text.includes("pve01 shows another key")]).toEqual([1, true]);
  const absent = hostKeyReport([{ endpoint, key: new SshError("pve01", "pve01: no host key") }]);
  expect([absent.code, absent.text]).toEqual([
    2,
    "Host keys that answer at the nodes' addresses:\n  pve01: no host key\n",
  ]);
});

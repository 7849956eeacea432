import { execFileSync, spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { quoteArgv, withSession } from "../../providers/ssh";
import { keyPair } from "../fixtures/ssh-keys";
import { sshServer, TestServer } from "../fixtures/ssh-server";

let server: TestServer;
afterEach(() => server?.close());

const messageOf = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    (error: Error) => error.message,
  );

it("runs a command with its input and gives code and both outputs", async () => {
  server = await sshServer((_command, stdin) => ({
    code: 3,
    stdout: `got ${stdin}`,
    stderr: "oops",
  }));
  const result = await withSession(server.endpoint, server.settings, (session) =>
    session.exec("cat", { stdin: "text" }),
  );
  expect(result).toEqual({ code: 3, stdout: "got text", stderr: "oops" });
});

it("refuses a host whose key is another, before anything is sent", async () => {
  server = await sshServer(() => ({}));
  const other = keyPair().public;
  const message = await messageOf(
    withSession({ ...server.endpoint, hostKey: other }, server.settings, (s) => s.exec("true")),
  );
  expect(message).toContain("pve01 (root@127.0.0.1");
  expect(message).toContain("the host key is not the one in the config");
  expect(server.commands).toEqual([]);
});

it("refuses to connect without a host key", async () => {
  server = await sshServer(() => ({}));
  const message = await messageOf(
    withSession({ ...server.endpoint, hostKey: "" }, server.settings, (s) => s.exec("true")),
  );
  expect(message).toContain("nodes[].hostKey is not set");
});

it("says so when the key is refused", async () => {
  server = await sshServer(() => ({}));
  const privateKey = keyPair().private;
  const message = await messageOf(
    withSession(server.endpoint, { ...server.settings, privateKey }, (s) => s.exec("true")),
  );
  expect(message).toContain("the node refused the SSH key");
  expect(message).not.toContain("PRIVATE KEY");
});

it("logs in with a key that only an agent holds", async () => {
  server = await sshServer(() => ({ stdout: "in" }));
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "agent-"));
  const socket = path.join(folder, "socket");
  const key = path.join(folder, "key");
  fs.writeFileSync(key, server.settings.privateKey, { mode: 0o600 });
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: "ignore" });
  const { timeoutMs } = server.settings;
  const login = () =>
    withSession(server.endpoint, { agent: socket, timeoutMs }, (s) => s.exec("true"));
  try {
    while (!fs.existsSync(socket)) await sleep(20);
    expect(await messageOf(login())).toMatch(/refused the SSH key.*`ssh-add -l`/s);
    const env = { ...process.env, SSH_AUTH_SOCK: socket };
    execFileSync("ssh-add", ["-q", key], { env, stdio: "ignore" });
    expect(await login()).toMatchObject({ stdout: "in" });
  } finally {
    agent.kill();
    fs.rmSync(folder, { recursive: true });
  }
});

it("never quotes a key that it cannot read", async () => {
  server = await sshServer(() => ({}));
  const message = await messageOf(
    withSession(server.endpoint, { ...server.settings, privateKey: "hunter2" }, (s) =>
      s.exec("true"),
    ),
  );
  expect(message).toContain("cannot be read");
  expect(message).not.toContain("hunter2");
});

it("names node and port when nobody listens", async () => {
  server = await sshServer(() => ({}));
  const { endpoint, settings } = server;
  await server.close();
  const message = await messageOf(withSession(endpoint, settings, (s) => s.exec("true")));
  expect(message).toContain(`pve01 (root@127.0.0.1, port ${endpoint.port}): no SSH connection`);
});

it("gives up a command that does not end", async () => {
  server = await sshServer(() => ({ instead: "hang" }));
  const message = await messageOf(
    withSession(server.endpoint, server.settings, (s) => s.exec("sleep", { timeoutMs: 200 })),
  );
  expect(message).toContain("a command did not end within 0.2 s");
});

it("reports a connection lost in the middle of a command", async () => {
  server = await sshServer(() => ({ instead: "drop the connection" }));
  const message = await messageOf(
    withSession(server.endpoint, server.settings, (s) => s.exec("reboot")),
  );
  expect(message).toMatch(/the connection was lost while a command ran|without an exit code/);
});

it("quotes any argument so that a shell gives it back as it was", () => {
  const argument = fc.string().filter((text) => !text.includes("\0"));
  fc.assert(
    fc.property(fc.array(argument, { minLength: 1, maxLength: 4 }), (args) => {
      const script = `for a in ${quoteArgv(args)}; do printf '%s\\0' "$a"; done`;
      const output = execFileSync("/bin/sh", ["-c", script], { encoding: "utf8" });
      expect(output.split("\0").slice(0, -1)).toEqual(args);
    }),
    { numRuns: 50 },
  );
});

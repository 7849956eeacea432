import * as fs from "node:fs";
import * as https from "node:https";
import * as path from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { controllerForm, pveshKey, StandInProcess, token } from "./lab-pve-process";

const standIn = new StandInProcess();
const call = standIn.call.bind(standIn);

beforeAll(() => standIn.prepare(), 60_000);
afterAll(() => standIn.remove());

describe("the HTTPS API", () => {
  test("its certificate is good for 127.0.0.1 under the lab's CA, and no CA of ours is trusted without", async () => {
    expect(await call("GET", "/version")).toMatchObject({
      status: 200,
      body: { data: { release: "9.1" } },
    });
    const blind = https.get({ host: "127.0.0.1", port: standIn.settings.apiPort, agent: false });
    await expect(new Promise((_, reject) => blind.on("error", reject))).rejects.toThrow(
      /certificate/,
    );
  });

  test.each([
    ["", "No ticket"],
    ["PVEAPIToken=root@pam!other=x", "no such token 'other' for user 'root@pam'"],
    [`PVEAPIToken=${token}0`, "invalid token value!"],
  ])("authorization `%s` is refused with 401", async (authorization, reason) => {
    const answer = await call("GET", "/version", [], authorization);
    expect(answer).toMatchObject({ status: 401, reason, body: { data: null } });
  });

  test("a repeated form field is a list, and numbers come back as numbers", async () => {
    expect(await call("POST", "/cluster/sdn/controllers", controllerForm)).toMatchObject({
      status: 200,
      body: { data: null },
    });
    const { body } = await call("GET", "/cluster/sdn/controllers/frr");
    expect(body.data).toMatchObject({ asn: 4200001000, peers: "10.255.0.1,10.255.0.2" });
  });

  test("schema errors are 400 with `errors`, everything inside the lock is 500", async () => {
    const wrong = await call("PUT", "/cluster/sdn/controllers/frr", [["asn", "x"]]);
    expect(wrong).toMatchObject({
      status: 400,
      reason: "Parameter verification failed.",
      body: { data: null, errors: { asn: "type check ('integer') failed - got 'x'" } },
    });
    const gone = await call("DELETE", "/cluster/sdn/controllers/nope");
    expect(gone).toMatchObject({
      status: 500,
      reason: "delete sdn controller object failed: sdn 'nope' does not exist",
      body: { data: null },
    });
    const unknown = await call("GET", "/cluster/sdn/nope");
    expect(unknown).toMatchObject({
      status: 501,
      reason: "Method 'GET /cluster/sdn/nope' not implemented",
    });
  });

  test("an apply answers at once with the UPID of the node that was asked", async () => {
    const { body } = await call("PUT", "/cluster/sdn");
    const upid = String(body.data);
    expect(upid).toMatch(/^UPID:pve01:.*:reloadnetworkall::root@pam!lab:$/);
    const at = `/nodes/pve01/tasks/${encodeURIComponent(upid)}`;
    const end = Date.now() + 20_000;
    let status: unknown;
    do {
      status = (await call("GET", `${at}/status`)).body.data;
      await pause(50);
    } while ((status as { status: string }).status === "running" && Date.now() < end);
    expect(status).toMatchObject({ status: "stopped", exitstatus: "OK" });
    const log = (await call("GET", `${at}/log`)).body.data as { n: number; t: string }[];
    expect(log.map(({ t }) => t)).toEqual(
      expect.arrayContaining([
        "pve02: reloading network config",
        "ssh: connect to host 10.0.10.2 port 22: No route to host",
        "TASK OK",
      ]),
    );
  });

  test("a node that is down answers 595 through the proxy", async () => {
    expect(await call("GET", "/nodes/pve02/tasks")).toMatchObject({
      status: 595,
      reason: "No route to host",
    });
  });
});

test("killed at any moment, it goes on with what it had answered, and nothing secret is in its log", async () => {
  const before = (await call("GET", "/cluster/sdn/controllers/frr")).body.data;
  await standIn.end("SIGKILL");
  await standIn.start();
  expect((await call("GET", "/cluster/sdn/controllers/frr")).body.data).toEqual(before);
  const log = fs.readFileSync(path.join(standIn.settings.stateDir, "access.log"), "utf8");
  expect(log).toContain("POST /cluster/sdn/controllers");
  expect(log).not.toContain(token.split("=")[1]);
  expect(log).not.toContain(pveshKey);
}, 60_000);

import * as fs from "node:fs";
import * as path from "node:path";
import { z } from "zod";
import { Pvesh, PveshError, pveMessage } from "../../providers/pvesh";
import { withSession } from "../../providers/ssh";
import { Answer, sshServer, TestServer } from "../fixtures/ssh-server";

let server: TestServer;
afterEach(() => server?.close());

async function withPvesh<T>(answer: Answer, work: (pvesh: Pvesh) => Promise<T>): Promise<T> {
  server = await sshServer(() => answer);
  return withSession(server.endpoint, server.settings, (session) => work(new Pvesh(session)));
}

it("passes parameters as options, booleans as 0 and 1, and leaves out what is not set", async () => {
  await withPvesh({ stdout: "null" }, (pvesh) =>
    pvesh.write("create", "/cluster/sdn/controllers", {
      controller: "frr",
      peers: "10.255.0.1,10.255.0.2",
      snat: true,
      digest: undefined,
    }),
  );
  expect(server.commands[0]?.command).toBe(
    "pvesh create /cluster/sdn/controllers --controller frr --peers 10.255.0.1,10.255.0.2 --snat 1 --output-format json </dev/null",
  );
});

it("gives PVE's own message without Perl's tail, and says where it was asked", async () => {
  const stderr =
    "create sdn controller object failed: only 1 global evpn controller can be defined at  line 497.\n";
  const error = await withPvesh({ code: 255, stderr }, (pvesh) =>
    pvesh.write("create", "/cluster/sdn/controllers").catch((e: PveshError) => e),
  );
  expect((error as PveshError).message).toBe(
    "Unable to run `pvesh create /cluster/sdn/controllers` on pve01: create sdn controller object failed: only 1 global evpn controller can be defined",
  );
});

it.each([
  ["update sdn controller object failed: sdn 'nope' does not exist", true],
  ["delete sdn controller object failed: controller frr is used by evpnz1 at  line 482.", false],
])("knows whether '%s' means not there", async (stderr, notFound) => {
  const error = await withPvesh({ code: 255, stderr }, (pvesh) =>
    pvesh.get("/cluster/sdn").catch((e: PveshError) => e),
  );
  expect((error as PveshError).notFound).toBe(notFound);
});

it("refuses an answer that is not JSON", async () => {
  await expect(withPvesh({ stdout: "hello" }, (pvesh) => pvesh.get("/version"))).rejects.toThrow(
    "the answer is not JSON",
  );
});

it("takes pvesh's usage line out of a message", () => {
  const text =
    "400 Parameter verification failed.\nasn: value must be smaller\npvesh create <api_path>\n";
  expect(pveMessage(text)).toBe("400 Parameter verification failed.; asn: value must be smaller");
});

const recorded = path.join(__dirname, "..", "fixtures", "pve", "errors");
const texts = fs.readdirSync(recorded).flatMap((file) =>
  fs
    .readFileSync(path.join(recorded, file), "utf8")
    .split(/^\$ /m)
    .map((entry) => entry.split("\n").slice(1))
    .map((lines) => lines.filter((line) => !/^ {2}-> rc \d+$/.test(line)).join("\n"))
    .filter((text) => text.trim() !== "")
    .map((text) => [file.replace(".txt", ""), text] as const),
);

it("has recorded refusals of all versions to be held to", () => {
  expect(new Set(texts.map(([version]) => version))).toEqual(new Set(["8.4", "9.1", "9.2-pre"]));
  expect(texts.length).toBeGreaterThan(100);
});

it.each(texts)("gives %s's message without Perl's tail and usage: %j", (_version, text) => {
  const message = pveMessage(text);
  expect(message).not.toMatch(/\bline \d+\.|<api_path>|^\s*$/);
  const words = text.replace(/ at\s+(\S+\s+)?line \d+\..*$/gm, "");
  // Nothing but the tail and the usage line is lost.
  for (const line of words.split("\n").filter((each) => each && !each.startsWith("pvesh "))) {
    expect(message).toContain(line.trim());
  }
});

it("says where an answer is not what it knows", async () => {
  const schema = z.array(z.looseObject({ asn: z.number() }));
  await expect(
    withPvesh({ stdout: '[{"asn":1},{"asn":"x"}]' }, (pvesh) =>
      pvesh.read("/cluster/sdn/controllers", schema),
    ),
  ).rejects.toThrow(
    /Unable to run `pvesh get \/cluster\/sdn\/controllers` on pve01: the answer is not what this program knows \(1\.asn: /,
  );
});

it("gives up a call that does not end", async () => {
  const started = withPvesh({ instead: "hang" }, (pvesh) =>
    pvesh.write("set", "/cluster/sdn", {}, { timeoutMs: 200 }),
  );
  await expect(started).rejects.toThrow("a command did not end within 0.2 s");
});

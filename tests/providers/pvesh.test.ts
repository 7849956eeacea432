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

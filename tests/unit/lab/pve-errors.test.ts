import * as fs from "node:fs";
import * as path from "node:path";
import { PVE_VERSIONS } from "../../../pve-model/types";
import { bench } from "./pve-bench";

/** One recorded call: the words behind `pvesh`, what it printed, its exit code. */
interface Recorded {
  line: string;
  words: string[];
  text: string;
  code: number;
}

const fixtures = path.join(__dirname, "../../fixtures/pve/errors");

function recordings(version: string): Recorded[] {
  const text = fs.readFileSync(path.join(fixtures, `${version}.txt`), "utf8");
  return [...text.matchAll(/^\$ pvesh (.*)\n((?:(?!\$ ).*\n)*?) {2}-> rc (\d+)$/gm)].map(
    ([, line = "", printed = "", code]) => ({
      line,
      words: wordsOf(line),
      text: printed,
      code: Number(code),
    }),
  );
}

// The recordings have no quotes: a value goes on until the next option.
function wordsOf(line: string): string[] {
  const [call = "", ...options] = line.split(" --");
  return [
    ...call.split(" "),
    ...options.flatMap((option) => {
      const [name = "", ...value] = option.split(" ");
      return [`--${name}`, value.join(" ")];
    }),
  ];
}

// A digest depends on the random MAC of the zone; its form does not.
function byForm(text: string): string {
  return text
    .replace(/"mac":"BC:24:11:[0-9A-F]{2}:[0-9A-F]{2}:[0-9A-F]{2}"/g, '"mac":"MAC"')
    .replace(/"digest":"[0-9a-f]{40}"/g, '"digest":"DIGEST"');
}

describe.each(PVE_VERSIONS)("PVE %s, call by call", (version) => {
  const calls = recordings(version);
  const { pvesh } = bench(version);

  test("the recording is complete", () => {
    const text = fs.readFileSync(path.join(fixtures, `${version}.txt`), "utf8");
    expect(calls).toHaveLength(text.match(/^\$ /gm)?.length ?? 0);
    expect(calls.length).toBeGreaterThan(80);
  });

  // The calls build on each other, so they run in the recording's order.
  test.each(calls.map((call, at) => [at + 1, call.line, call] as const))(
    "%i: %s",
    async (_at, _line, call) => {
      const ran = await pvesh(call.words);
      expect(byForm(ran.text)).toBe(byForm(call.text));
      expect(ran.code).toBe(call.code);
    },
  );
});

test("digests are those of PVE's own files", async () => {
  const { sh, pvesh, get } = bench("9.1");
  const peers = "fd00:255::1,fd00:255::2,fd00:255::3";
  await sh(
    `create /cluster/sdn/controllers --controller frr --type evpn --asn 4200001000 --peers ${peers}`,
  );
  await sh(
    "create /cluster/sdn/zones --zone evpnz1 --type evpn --controller frr --vrf-vxlan 4096 --mtu 50 --mac BC:24:11:FA:52:DC",
  );
  await pvesh([
    ...["create", "/cluster/sdn/vnets", "--vnet", "vnet100", "--zone", "evpnz1"],
    ...["--tag", "10199", "--alias", "General Workloads"],
  ]);
  await sh(
    "create /cluster/sdn/vnets/vnet100/subnets --type subnet --subnet fd00:100::/64 --gateway fd00:100::1 --snat 1",
  );
  const digest = async (where: string) => (await get<{ digest: string }>(where)).digest;
  expect(await digest("/cluster/sdn/controllers/frr")).toBe(
    "3d2854da92fbe13eeb89b709ebdeb422dfea04dc",
  );
  expect(await digest("/cluster/sdn/zones/evpnz1")).toBe(
    "5886d9a470638971e4f7f69dd7d588c1e5f8499a",
  );
  expect(await digest("/cluster/sdn/vnets/vnet100")).toBe(
    "a13d00d735952275b637a779e20674716563fe41",
  );
  expect(await digest("/cluster/sdn/vnets/vnet100/subnets/evpnz1-fd00:100::-64")).toBe(
    "e8573884f9860baf14254deb6642d396e65526fc",
  );
});

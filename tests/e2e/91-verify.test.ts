import { lockFiles } from "../../lab/pulumi";
import { verdictSchema } from "../../verify/verdict-schema";
import { eventually, evpn, NODES, on, paths, startUp, up } from "./harness";
import { blamed, green, labRun, look } from "./lab-verify";

jest.setTimeout(600_000);

const SECONDS = 180;
const verification = labRun();

beforeAll(async () => {
  await up();
  await green(verification, SECONDS);
});

/** An update that holds its lock on the stack and stands still. */
async function heldUpdate(): Promise<{ end(): Promise<number | null> }> {
  const child = startUp();
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  await eventually(
    () => Promise.resolve(lockFiles(paths)),
    (locks) => locks.length > 0,
  );
  child.kill("SIGSTOP");
  return {
    end() {
      child.kill("SIGCONT");
      return ended;
    },
  };
}

it("passes while an update runs, with JSON of the published schema", async () => {
  const update = await heldUpdate();
  try {
    const { code, stdout } = await evpn("verify", "--stack", "lab", "--json", "--wait", "120");
    const document = verdictSchema.strict().parse(JSON.parse(stdout));
    expect([code, document.sound, document.counts.fail]).toEqual([0, true, 0]);
    expect(document.rows.length).toBeGreaterThan(200);
  } finally {
    expect(await update.end()).toBe(0);
  }
});

it("shows the host keys that the config has", async () => {
  const { code, stdout } = await evpn("hostkeys", "--stack", "lab");
  expect(code).toBe(0);
  expect(stdout.match(/SHA256:\S+ {2}as in the config$/gm)).toHaveLength(3);
});

const MAC = "02:00:00:00:77:01";
const guest = (name: string, node: string, host: number) =>
  `lab-guest add ${name} --node ${node} --vnet vnet100 --mac ${MAC} --ip4 10.100.0.${host}/24 --gw4 10.100.0.1`;

/** Where each node thinks that the MAC address is. */
async function placesOf(mac: string): Promise<string[]> {
  const rows = await look(verification);
  return rows.flatMap((row) =>
    row.check === "type-2" && row.subject.startsWith(mac) ? [`${row.node} ${row.status}`] : [],
  );
}

afterAll(async () => {
  await on("lab", "lab-guest del mover; lab-guest del double");
  // A node may find the duplicate only after it was cleared on another one.
  await eventually(
    async () => {
      const rows = blamed(await look(verification));
      if (rows.some((row) => row.includes("mac-duplicate"))) {
        await Promise.all(NODES.map((node) => on(node, "vtysh -c 'clear evpn dup-addr vni all'")));
      }
      return rows;
    },
    (rows) => rows.length === 0,
    SECONDS,
  );
});

it("a guest that has moved to another node blames nothing", async () => {
  await on("lab", guest("mover", "pve01", 77));
  await eventually(
    () => placesOf(MAC),
    (seen) => seen.join() === "pve02 pass,pve03 pass",
    SECONDS,
  );
  await on("lab", `lab-guest del mover; ${guest("mover", "pve02", 77)}`);
  await eventually(
    () => placesOf(MAC),
    (seen) => seen.join() === "pve01 pass,pve03 pass",
    SECONDS,
  );
  expect(blamed(await look(verification))).toEqual([]);
});

it("a MAC address that speaks from two nodes at once is blamed, and nothing else", async () => {
  await on("lab", guest("double", "pve03", 78));
  const speak = "-n -q -c 1 -W 1 10.100.0.1 >/dev/null";
  const rows = await eventually(
    async () => {
      // FRR calls it a duplicate after five moves within three minutes.
      await on(
        "lab",
        `for i in 1 2 3 4 5 6; do for g in mover double; do lab-guest exec $g ping ${speak}; done; done`,
      );
      return blamed(await look(verification));
    },
    (seen) => seen.length > 0,
    SECONDS,
  );
  expect(rows.filter((row) => !/^pve0[123] mac duplicates: mac-duplicate$/.test(row))).toEqual([]);
});

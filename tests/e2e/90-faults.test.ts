import { BATCHES } from "../faults/batches";
import type { Commands, Fault } from "../faults/fault";
import { FAULTS } from "../faults/table";
import { eventually, NodeName, on, up } from "./harness";
import { blamed, green, labRun, look, nameOf } from "./lab-verify";

jest.setTimeout(600_000);

/** For BGP to lose and find its sessions on a busy machine. */
const SECONDS = 180;

const faultOf = (id: string): Fault => {
  const fault = FAULTS.find((each) => each.id === id);
  if (!fault) throw new Error(`${id} is not in the table`);
  return fault;
};

async function run(commands: Commands): Promise<void> {
  for (const [host, command] of Object.entries(commands)) {
    const { code, output } = await on(host as NodeName | "lab", command);
    if (code !== 0) throw new Error(`${host}: ${command} ended with ${code}: ${output}`);
  }
}

const verification = labRun();
/** Still provoked: each batch is undone when the next one comes, and its look shows both. */
let standing: Fault[] = [];

async function exchange(faults: Fault[]): Promise<boolean> {
  const before = standing;
  standing = faults;
  await Promise.all(before.map(({ undo }) => run(undo)));
  await Promise.all(faults.map(({ provoke }) => run(provoke)));
  return [...before, ...faults].some(({ asksCluster }) => asksCluster);
}

beforeAll(async () => {
  await up();
  await green(verification, SECONDS);
});

afterAll(async () => {
  await exchange([]);
  await green(verification, SECONDS);
});

it.each(BATCHES.map((ids) => [ids.join(", "), ids] as const))(
  "%s: found, on the right node, with the right cause, and nothing else is blamed",
  async (_names, ids) => {
    const faults = ids.map(faultOf);
    const expected = faults
      .flatMap(({ fails, cause }) => fails.map((row) => `${row}: ${cause}`))
      .sort();
    const following = faults.flatMap(({ follows }) => follows ?? []);
    // A line per batch while it runs: jest shows nothing before the file ends.
    process.stderr.write(`  fault: ${ids.join(", ")}\n`);
    const askCluster = await exchange(faults);
    const seen = await eventually(
      async () => {
        const rows = await look(verification, askCluster);
        const consequences = rows.flatMap((row) => (row.follows ? [nameOf(row)] : []));
        return {
          blamed: blamed(rows),
          lacking: following.filter((row) => !consequences.includes(row)),
        };
      },
      (now) => now.lacking.length === 0 && now.blamed.join() === expected.join(),
      SECONDS,
    );
    expect(seen).toEqual({ blamed: expected, lacking: [] });
  },
);

import type { Commands, Fault } from "../faults/fault";
import { eventually, NodeName, on, up } from "./harness";
import { blamed, green, labRun, look, nameOf } from "./lab-verify";

/** For BGP to lose and find its sessions on a busy machine. */
const SECONDS = 180;

async function run(commands: Commands): Promise<void> {
  for (const [host, command] of Object.entries(commands)) {
    const { code, output } = await on(host as NodeName | "lab", command);
    if (code !== 0) throw new Error(`${host}: ${command} ended with ${code}: ${output}`);
  }
}

/**
 * A test for each batch of faults: provoked behind our back, they are found on the right node with the
 * right cause, and nothing else is blamed.
 */
export function faultTests(batches: Fault[][]): void {
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

  it.each(batches.map((faults) => [faults.map(({ id }) => id).join(", "), faults] as const))(
    "%s: found, on the right node, with the right cause, and nothing else is blamed",
    async (names, faults) => {
      const expected = faults
        .flatMap(({ fails, cause }) => fails.map((row) => `${row}: ${cause}`))
        .sort();
      const following = faults.flatMap(({ follows }) => follows ?? []);
      // A line per batch while it runs: jest shows nothing before the file ends.
      process.stderr.write(`  fault: ${names}\n`);
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
}

import { on } from "./harness";

/** A guest that is pinged all the time, to see how long its traffic stops. */

export interface SteadyPing {
  /** Ends it. @returns how many pings were answered, and the longest time between two answers, in ms */
  stop(): Promise<{ answers: number; longestGapMs: number }>;
}

/** Sends a ping every 10 ms from one guest to an address, until it is stopped. */
export async function steadyPing(guest: string, to: string): Promise<SteadyPing> {
  const log = `/tmp/${guest}.ping`;
  await on(
    "lab",
    `lab-guest exec ${guest} ping -n -i 0.01 -D ${to} >${log} 2>&1 </dev/null & echo $! >${log}.pid`,
  );
  return {
    async stop() {
      await on("lab", `kill -INT $(cat ${log}.pid)`);
      const { output } = await on(
        "lab",
        `awk -F'[][= ]+' '/icmp_seq/ { at = $2; if (last && at - last > gap) gap = at - last; last = at; n++ }
          END { printf "{\\"answers\\": %d, \\"longestGapMs\\": %d}\\n", n, gap * 1000 }' ${log}
        rm -f ${log} ${log}.pid`,
      );
      return JSON.parse(output) as { answers: number; longestGapMs: number };
    },
  };
}

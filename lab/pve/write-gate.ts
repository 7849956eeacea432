import * as fs from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { PveFailure } from "./errors";
import type { Faults } from "./faults";

/** What a test finds in `held.json` while a write is held. */
export interface HeldWrite {
  /** `POST /cluster/sdn/vnets`. */
  request: string;
  /** From 1, among the writes since `holdWrite` was asked for. */
  number: number;
}

const pollMs = 50;

/**
 * Holds one write of an update, so that a test can kill the engine at exactly that point: before the
 * write is carried out (then it never is), or after it was and before it is answered. While it is held
 * `held.json` names it; it is let go when faults.json no longer asks for it.
 */
export class WriteGate {
  /** Writes since `holdWrite` was asked for. */
  count = 0;
  private asked = "null";

  constructor(
    private readonly heldFile: string,
    private readonly faults: () => Faults,
  ) {}

  async around<T>(request: string, carryOut: () => Promise<T>): Promise<T> {
    const { holdWrite } = this.faults();
    const asked = JSON.stringify(holdWrite ?? null);
    if (asked !== this.asked) this.count = 0;
    this.asked = asked;
    this.count += 1;
    // Others may come in while this one is carried out.
    const number = this.count;
    if (number !== holdWrite?.number) return carryOut();
    if (holdWrite.when === "before") {
      await this.hold({ request, number });
      throw new PveFailure("held by faults.json, and never carried out");
    }
    const answer = await carryOut();
    await this.hold({ request, number });
    return answer;
  }

  private async hold(held: HeldWrite): Promise<void> {
    fs.writeFileSync(this.heldFile, JSON.stringify(held));
    while (this.faults().holdWrite?.number === held.number) await sleep(pollMs);
    fs.rmSync(this.heldFile, { force: true });
  }
}

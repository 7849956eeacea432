import { progressTo } from "../progress";
import { ensureImage } from "./image";
import { ensureHostPackages } from "./packages";
import { guestStatus, resetGuest, startGuest, stopGuest } from "./lifecycle";

/** The guest alone, for work on the lab itself: `npx tsx lab/guest/cli.ts build|start|stop|status|reset`. */
async function main(command: string | undefined): Promise<void> {
  const progress = progressTo(process.stderr);
  switch (command) {
    case "build":
      await ensureHostPackages(progress);
      await ensureImage(progress);
      return;
    case "start":
      await ensureHostPackages(progress);
      process.stdout.write(`${JSON.stringify(await startGuest(progress))}\n`);
      return;
    case "stop":
      return stopGuest(progress);
    case "reset":
      return resetGuest(progress);
    case "status":
      process.stdout.write(`${JSON.stringify(await guestStatus(), null, 2)}\n`);
      return;
    default:
      throw new Error("usage: npx tsx lab/guest/cli.ts build|start|stop|status|reset");
  }
}

main(process.argv[2]).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});

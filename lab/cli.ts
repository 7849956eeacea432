import * as fs from "node:fs";
import * as path from "node:path";
import { guestCommand } from "./commands/guest";
import { pveVersion } from "./commands/pve-version";
import { stopLab } from "./commands/stop";
import { labUp, prepare } from "./commands/up";
import { vmClusterCommand } from "./commands/vm-cluster";
import { keepFrrRoot, takeFrrRoot } from "./guest/frr-root";
import { guestStatus, resetGuest } from "./guest/lifecycle";
import { labPaths } from "./paths";
import { progressTo } from "./progress";
import { pveStatus } from "./pve/standin";
import { labShell, variablesToUnset } from "./toolchain/env";

const USAGE = `npm run lab                    installs what is missing, boots the lab, runs \`pulumi up\`, shows a table
npm run lab -- prepare         the same without \`pulumi up\`
  --pve 8.4|9.1|9.2-pre          with either: the Proxmox VE that the stand-in plays from now on (first: 9.1)
  --frr stable|latest            with either: which of two labs is meant from now on. stable: Debian 13's FRR
                                 and the cluster of Pulumi.lab.yaml. latest: Debian's newest FRR, an
                                 operator's own frr.conf on the nodes, the cluster of Pulumi.prod.yaml
npm run lab -- env             shell variables: eval "$(npm run -s lab -- env)"
npm run lab -- guest ...       test guests: add, del, list, exec
npm run lab -- vm-cluster ...  machines on the fabric: pulumi in examples/vm-cluster (preview, up, config, destroy)
npm run lab -- status          what runs
npm run lab -- down            stops everything; nodes and stack are kept on disk
npm run lab -- reset           stops everything and forgets nodes, cluster and stack`;

function printEnvironment(): void {
  const quoted = (value: string) => `'${value.replaceAll("'", `'\\''`)}'`;
  variablesToUnset.forEach((name) => process.stdout.write(`unset ${name}\n`));
  const { PATH = "", PROXMOX_VE_API_TOKEN: token, ...others } = labShell();
  // npm added folders of its own to this process's PATH; the shell gets the lab's alone.
  const [bin = ""] = PATH.split(path.delimiter);
  process.stdout.write(
    `case ":$PATH:" in *:${quoted(bin)}:*) ;; *) export PATH=${quoted(bin)}:"$PATH" ;; esac\n`,
  );
  for (const [name, value] of Object.entries(others)) {
    process.stdout.write(`export ${name}=${quoted(value)}\n`);
  }
  // Whoever reads this over a shoulder does not read the token.
  const file = quoted(labPaths().apiToken);
  if (token) process.stdout.write(`export PROXMOX_VE_API_TOKEN="$(cat ${file})"\n`);
}

async function main(argv: string[]): Promise<number> {
  const { frr, rest } = takeFrrRoot(argv);
  const [command, ...args] = rest[0]?.startsWith("--pve") ? ["up", ...rest] : rest;
  const progress = progressTo(process.stderr);
  const stop = () => stopLab(progress, labPaths());
  if (frr && frr !== labPaths().frrRoot) {
    await stop();
    keepFrrRoot(labPaths(), frr);
  }
  const paths = labPaths();
  switch (command) {
    case undefined:
    case "up":
      return labUp(paths, progress, pveVersion(args));
    case "prepare":
      await prepare(paths, progress, pveVersion(args));
      return 0;
    case "env":
      printEnvironment();
      return 0;
    case "guest":
      return guestCommand(paths, args);
    case "vm-cluster":
      return vmClusterCommand(paths, args);
    case "status":
      process.stdout.write(
        `${JSON.stringify({ guest: await guestStatus(paths), pve: await pveStatus() }, null, 2)}\n`,
      );
      return 0;
    case "down":
      await stop();
      return 0;
    case "reset":
      await stop();
      await resetGuest(progress, paths);
      fs.rmSync(paths.lab, { recursive: true, force: true });
      progress.note(
        "the lab of this checkout is gone; built images and tools are kept in the cache",
      );
      return 0;
    case "help":
    case "--help":
      process.stdout.write(`${USAGE}\n`);
      return 0;
    default:
      throw new Error(`There is no lab command '${command}'.\n${USAGE}`);
  }
}

main(process.argv.slice(2)).then(
  (code) => (process.exitCode = code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);

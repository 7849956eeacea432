import { parseArgs } from "node:util";
import { interactive } from "../pulumi";
import { addGuest, deleteGuest, listGuests, standardGuests } from "../guests";
import type { LabPaths } from "../paths";

const USAGE = `npm run lab -- guest add [NAME --node pve01 --vnet vnet101 --host 21]
                     without a name: the three standard guests
npm run lab -- guest del NAME
npm run lab -- guest list
npm run lab -- guest exec NAME COMMAND...`;

async function add(paths: LabPaths, args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { node: { type: "string" }, vnet: { type: "string" }, host: { type: "string" } },
  });
  const [name] = positionals;
  if (name === undefined) {
    for (const guest of standardGuests) process.stdout.write(await addGuest(paths, guest));
    return 0;
  }
  const host = Number(values.host);
  if (!values.node || !values.vnet || !Number.isInteger(host) || host < 2 || host > 254) {
    throw new Error(`A guest needs --node, --vnet and --host (2 to 254).\n${USAGE}`);
  }
  const guest = { name, node: values.node, vnet: values.vnet, host };
  process.stdout.write(await addGuest(paths, guest));
  return 0;
}

/** `npm run lab -- guest …`. @returns the exit code */
export async function guestCommand(paths: LabPaths, [verb, ...args]: string[]): Promise<number> {
  switch (verb) {
    case "add":
      return add(paths, args);
    case "del":
      await deleteGuest(paths, args[0] ?? "");
      return 0;
    case "list":
      process.stdout.write(await listGuests(paths));
      return 0;
    case "exec":
      return interactive(paths, {}, "ssh", [
        "-F",
        paths.sshConfig,
        "lab",
        "lab-guest",
        "exec",
        ...args,
      ]);
    default:
      throw new Error(USAGE);
  }
}

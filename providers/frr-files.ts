import type { FrrFiles } from "../plan/block-look";
import type { SshSession } from "./ssh";

/** Between the two files; no file of FRR's holds it. */
const MARKER = "@@ proxmox-evpn @@";

/** Reads both of a node's FRR files in one command. @throws SshError, or Error when they cannot be read */
export async function readFrrFiles(session: SshSession): Promise<FrrFiles> {
  const script = ["frr.conf.local", "frr.conf"]
    .map(
      (name) => `if [ -e /etc/frr/${name} ]; then echo there; cat /etc/frr/${name} || exit 1; fi`,
    )
    .join(`; echo; echo '${MARKER}'; `);
  const { code, stdout, stderr } = await session.exec(script, { repeatable: true });
  if (code !== 0) throw new Error(`${session.node}: /etc/frr cannot be read: ${stderr.trim()}`);
  const [local = "", merged = ""] = stdout.split(`\n${MARKER}\n`);
  const text = (part: string) =>
    part.startsWith("there\n") ? part.slice("there\n".length) : undefined;
  return { local: text(local), merged: text(merged) };
}

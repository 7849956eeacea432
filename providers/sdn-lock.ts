import { z } from "zod";
import { Pvesh, PveshError, pveMessage } from "./pvesh";

const versionSchema = z.looseObject({ version: z.string() });

/** Whether this Proxmox VE has a lock over its SDN config: from 9.0 on. */
export async function hasSdnLock(pvesh: Pvesh): Promise<boolean> {
  const { version } = await pvesh.read("/version", versionSchema);
  return Number(version.split(".")[0]) >= 9;
}

/**
 * Takes the lock, prints its token and waits. An end of the input without the word `applied` releases
 * it: so it goes when this program ends in any way, a SIGKILL included, because its connection closes.
 * Changes may be pending when it is taken; what they are is looked at under the lock.
 */
const HOLD = [
  "trap '' HUP PIPE",
  "t=$(pvesh create /cluster/sdn/lock --allow-pending 1 --output-format json </dev/null) || exit $?",
  't=${t#\\"}; t=${t%\\"}',
  'printf "%s\\n" "$t"',
  "read -r end",
  '[ "$end" = applied ] || pvesh delete /cluster/sdn/lock --lock-token "$t" </dev/null',
].join("\n");

/** Beside the apply's own time. */
const MARGIN_MS = 60_000;

function lockError(node: string, stderr: string): Error {
  const detail = pveMessage(stderr) || "no answer";
  if (!/lock/.test(detail)) return new PveshError(node, "pvesh create /cluster/sdn/lock", detail);
  return new Error(
    [
      `Proxmox VE's SDN lock is held by somebody, and nothing was applied (${node}: ${detail}).`,
      "Proxmox VE does not tell who holds it: another tool or administrator at work, or one that crashed.",
      "Look for running tasks (`pvesh get /cluster/tasks`, or the task log in its interface) and ask your colleagues.",
      "When nobody is at work, release it with `pvesh delete /cluster/sdn/lock --force 1` on any node,",
      "then run `pulumi up` again.",
    ].join("\n"),
  );
}

/**
 * Runs `work` under PVE's SDN lock and releases the lock, whatever happens.
 * @param work gets the lock's token; a successful apply with it releases the lock by itself
 * @throws Error naming the remedy when somebody else holds the lock
 */
export async function underSdnLock<T>(
  pvesh: Pvesh,
  timeoutSeconds: number,
  work: (token: string) => Promise<T>,
): Promise<T> {
  let end: (word: string) => void = () => undefined;
  const input = new Promise<string>((resolve) => (end = resolve));
  let taken: (token: string) => void = () => undefined;
  const token = new Promise<string>((resolve) => (taken = resolve));
  let output = "";
  const holding = pvesh.shell.exec(HOLD, {
    stdin: input,
    timeoutMs: timeoutSeconds * 1000 + MARGIN_MS,
    onOutput: (text) => {
      output += text;
      if (output.includes("\n")) taken(output.split("\n", 1)[0] as string);
    },
  });
  const ended = holding.then(({ stderr }) => {
    throw lockError(pvesh.node, stderr);
  });
  // When the lock was taken, this settles after everybody has stopped listening to it.
  ended.catch(() => undefined);
  const lockToken = await Promise.race([token, ended]);
  try {
    const result = await work(lockToken);
    end("applied\n");
    return result;
  } finally {
    end("\n");
    await holding.catch(() => undefined);
  }
}

import type { NodeEndpoint } from "../../plan/types";
import { HostKey, offeredHostKey } from "../../providers/host-key";
import { SshError } from "../../providers/ssh";
import { Command, EXIT, parseCommandLine, STACK_OPTION, usageText } from "../command";
import { loadPlan } from "../stack";

const TIMEOUT_MS = 10_000;

const OPTIONS = { stack: STACK_OPTION };

/** What a node's address answered with, or why it did not. */
export interface Offered {
  endpoint: NodeEndpoint;
  key: HostKey | SshError;
}

function verdictOf({ endpoint, key }: Offered): "new" | "as in the config" | "DIFFERS" {
  if (key instanceof SshError || endpoint.hostKey === "") return "new";
  const [type, base64] = endpoint.hostKey.split(" ");
  // A node has a key of each kind, and the config holds one: another kind is no contradiction.
  if (type !== key.type) return "new";
  return `${type} ${base64}` === key.text ? "as in the config" : "DIFFERS";
}

/** The text of the command, and its exit code: 1 when a node shows another key than the config. */
export function hostKeyReport(offered: Offered[]): { text: string; code: number } {
  const found = offered.filter(({ key }) => !(key instanceof SshError));
  const lines = offered.map((each) => {
    const { endpoint, key } = each;
    if (key instanceof SshError) return `  ${key.message}`;
    const where = `${endpoint.name}  ${endpoint.host} port ${endpoint.port}`;
    return `  ${where}  ${key.type}  ${key.fingerprint}  ${verdictOf(each)}`;
  });
  const yaml = found.flatMap(({ endpoint, key }) =>
    key instanceof SshError ? [] : [`    - name: ${endpoint.name}`, `      hostKey: ${key.text}`],
  );
  const differing = offered.filter((each) => verdictOf(each) === "DIFFERS");
  const text = [
    "Host keys that answer at the nodes' addresses:",
    ...lines,
    "",
    ...differing.map(
      ({ endpoint }) =>
        `${endpoint.name} shows another key than nodes[].hostKey. Unless it was reinstalled, somebody stands in between.`,
    ),
    ...(found.length === 0
      ? []
      : [
          "Whoever answers may be anybody. Compare each fingerprint with what the node's own console shows:",
          "  for f in /etc/ssh/ssh_host_*_key.pub; do ssh-keygen -lf $f; done",
          "Then put the keys into the stack's file, beside each node's other settings; nothing was written:",
          "",
          "  proxmox-evpn:nodes:",
          ...yaml,
        ]),
  ].join("\n");
  const code =
    differing.length > 0 ? EXIT.fail : found.length < offered.length ? EXIT.cannotLook : EXIT.pass;
  return { text: `${text.trimEnd()}\n`, code };
}

async function offeredBy(endpoint: NodeEndpoint): Promise<Offered> {
  try {
    return { endpoint, key: await offeredHostKey(endpoint, TIMEOUT_MS) };
  } catch (error) {
    if (error instanceof SshError) return { endpoint, key: error };
    throw error;
  }
}

async function run(argv: string[]): Promise<number> {
  const args = parseCommandLine("hostkeys", OPTIONS, argv);
  const { plan } = loadPlan(args.text("stack"));
  const offered = await Promise.all(plan.nodes.map(({ endpoint }) => offeredBy(endpoint)));
  const { text, code } = hostKeyReport(offered);
  process.stdout.write(text);
  return code;
}

export const command: Command = {
  name: "hostkeys",
  summary: "collects the nodes' host keys for the config, with fingerprints to compare",
  usage: usageText(
    "hostkeys [--stack NAME]",
    `
Asks each node's address for its host key, without logging in, and shows fingerprints to compare at the
nodes' consoles and the YAML to paste. It never writes trust by itself.`,
    OPTIONS,
    "Exit codes: 0 all nodes answered, 1 a node shows another key than the config, 2 one did not answer.",
  ),
  run,
};

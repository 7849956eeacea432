import { z } from "zod";
import { quoteArgv, SshSession } from "../../providers/ssh";

const linkSchema = z.looseObject({
  ifname: z.string(),
  mtu: z.number(),
  flags: z.array(z.string()).default([]),
  address: z.string().optional(),
});

const addressSchema = z.looseObject({
  ifname: z.string().optional(),
  addr_info: z.array(z.looseObject({ local: z.string().optional() })).default([]),
});

const routeSchema = z.looseObject({ prefsrc: z.string().optional(), dev: z.string().optional() });

const versionSchema = z.looseObject({ version: z.string(), release: z.string() });

/** What a node is, before anything is changed on it. */
export interface NodeObservation {
  /** Its own host name. */
  hostname: string;
  /** Text of /etc/network/interfaces. */
  interfaces: string;
  /** Text of the files in /etc/network/interfaces.d but Proxmox VE's own. */
  interfacesD: string;
  links: z.infer<typeof linkSchema>[];
  /** All addresses of the node. */
  addresses: string[];
  /** Source and device of the way to the first peer; absent without one. */
  routeToFirstPeer?: { source: string; device: string };
  /** Text of /etc/frr/daemons. */
  daemons: string;
  /** Which of bgpd and bfdd run. */
  running: string[];
  /** `10.3`; absent without FRR. */
  frrVersion?: string;
  /** Which of Proxmox VE's helpers are there: `frr-reload.py`, `ifreload`. */
  tools: string[];
  /** Sysctls by their path below /proc/sys/net. */
  sysctls: Record<string, string>;
  /** Text of /etc/frr/frr.conf. */
  frrConf: string;
  /** Text of /etc/frr/frr.conf.local; absent without the file. */
  frrConfLocal?: string;
  /** Proxmox VE's version, `9.1.1`; absent when pvesh does not tell, with its words. */
  pve: { version: string } | { failure: string };
}

/** The node answered with something that cannot be read; the message names node and command. */
export class UnreadableNode extends Error {}

/** Sections of the answer and the commands that give them. Text where no command offers JSON. */
const commandsFor = (firstPeer: string) => ({
  hostname: "uname -n",
  interfaces: "cat /etc/network/interfaces",
  interfacesD:
    'for f in /etc/network/interfaces.d/*; do [ "$f" = /etc/network/interfaces.d/sdn ] || cat "$f"; done',
  links: "ip -j link show",
  addresses: "ip -j address show",
  route: `ip -j route get ${quoteArgv([firstPeer])}`,
  daemons: "cat /etc/frr/daemons",
  running: "for d in bgpd bfdd; do pgrep -x $d >/dev/null && echo $d; done",
  frrVersion: "/usr/lib/frr/bgpd --version | head -n 1",
  tools:
    "[ -e /usr/lib/frr/frr-reload.py ] && echo frr-reload.py; PATH=$PATH:/usr/sbin:/sbin command -v ifreload >/dev/null && echo ifreload",
  sysctls:
    "cd /proc/sys/net && grep -H . ipv4/ip_forward ipv4/conf/*/rp_filter ipv6/conf/all/forwarding ipv6/conf/*/keep_addr_on_down",
  frrConf: "cat /etc/frr/frr.conf",
  frrConfLocal: "[ -e /etc/frr/frr.conf.local ] && echo there && cat /etc/frr/frr.conf.local",
  pve: "pvesh get /version --output-format json 2>&1",
});
type Section = keyof ReturnType<typeof commandsFor>;

const MARK = "===proxmox-evpn preflight===";

/** One shell script, read-only, that prints every section behind a mark. */
export function observeScript(firstPeer: string): string {
  const commands = Object.entries(commandsFor(firstPeer));
  return [
    "exec 2>/dev/null",
    ...commands.map(([name, command]) => `echo '${MARK}${name}'; (${command}) </dev/null`),
    "exit 0",
  ].join("\n");
}

/** Takes the script's answer apart. @throws UnreadableNode */
export function readObservation(node: string, stdout: string): NodeObservation {
  const sections = new Map(
    stdout
      .split(MARK)
      .slice(1)
      .map((part) => {
        const end = part.indexOf("\n");
        return [part.slice(0, end), part.slice(end + 1)] as const;
      }),
  );
  const text = (name: Section) => sections.get(name) ?? "";
  const lines = (name: Section) => text(name).split("\n").filter(Boolean);
  const parsed = <T>(name: Section, schema: z.ZodType<T>): T => {
    try {
      return schema.parse(JSON.parse(text(name).trim() || "[]"));
    } catch {
      const command = commandsFor("PEER")[name];
      throw new UnreadableNode(`${node}: \`${command}\` did not answer with the expected JSON`);
    }
  };
  const [route] = parsed("route", z.array(routeSchema));
  const local = text("frrConfLocal");
  return {
    hostname: text("hostname").trim(),
    interfaces: text("interfaces"),
    interfacesD: text("interfacesD"),
    links: parsed("links", z.array(linkSchema)),
    addresses: parsed("addresses", z.array(addressSchema)).flatMap(({ addr_info }) =>
      addr_info.flatMap(({ local: address }) => address ?? []),
    ),
    ...(route?.prefsrc && route.dev
      ? { routeToFirstPeer: { source: route.prefsrc, device: route.dev } }
      : {}),
    daemons: text("daemons"),
    running: lines("running"),
    ...frrVersionOf(text("frrVersion")),
    tools: lines("tools"),
    sysctls: Object.fromEntries(
      lines("sysctls").map((line) => {
        const at = line.lastIndexOf(":");
        return [line.slice(0, at), line.slice(at + 1).trim()];
      }),
    ),
    frrConf: text("frrConf"),
    ...(local === "" ? {} : { frrConfLocal: local.slice(local.indexOf("\n") + 1) }),
    pve: pveVersionOf(text("pve")),
  };
}

/** `bgpd version 10.3` -> 10.3; distributions add to the number, which does not matter here. */
function frrVersionOf(text: string): { frrVersion?: string } {
  const version = /version (\d+(?:\.\d+)*)/.exec(text)?.[1];
  return version === undefined ? {} : { frrVersion: version };
}

function pveVersionOf(text: string): NodeObservation["pve"] {
  try {
    return { version: versionSchema.parse(JSON.parse(text)).version };
  } catch {
    return { failure: text.trim().split("\n")[0] || "pvesh is not there" };
  }
}

/** Looks at a node over an open connection, in one command. @throws SshError, UnreadableNode */
export async function observeNode(
  session: SshSession,
  firstPeer: string,
): Promise<NodeObservation> {
  // The script comes on standard input: as an argument it would stand in the node's process list.
  const { stdout } = await session.exec("sh", { stdin: observeScript(firstPeer) });
  return readObservation(session.node, stdout);
}

import { z } from "zod";
import type { SshSession } from "../providers/ssh";

const linkSchema = z.looseObject({
  ifname: z.string(),
  mtu: z.number(),
  operstate: z.string().optional(),
  flags: z.array(z.string()).default([]),
  master: z.string().optional(),
  linkinfo: z
    .looseObject({
      info_kind: z.string().optional(),
      info_data: z
        .looseObject({
          id: z.number().optional(),
          local: z.string().optional(),
          local6: z.string().optional(),
          port: z.number().optional(),
        })
        .optional(),
    })
    .optional(),
});

const addressSchema = z.looseObject({
  ifname: z.string().optional(),
  addr_info: z
    .array(z.looseObject({ local: z.string().optional(), prefixlen: z.number().optional() }))
    .default([]),
});

const fdbSchema = z.looseObject({
  mac: z.string(),
  ifname: z.string().optional(),
  dst: z.string().optional(),
});

const summarySchema = z.looseObject({
  peers: z.record(z.string(), z.looseObject({ state: z.string() })).default({}),
});

/** What a node says of itself, as the kernel and FRR give it in JSON. */
export interface Observation {
  links: z.infer<typeof linkSchema>[];
  addresses: z.infer<typeof addressSchema>[];
  fdb: z.infer<typeof fdbSchema>[];
  /** l2vpn evpn neighbors by address or interface, with FRR's name of their state. */
  neighbors: Record<string, string>;
}

/** JSON only: the text of these commands differs between versions. */
const COMMANDS = {
  links: "ip -j -d link show",
  addresses: "ip -j address show",
  fdb: "bridge -j fdb show",
  summary: "vtysh -c 'show bgp l2vpn evpn summary json'",
} as const;
type CommandName = keyof typeof COMMANDS;

const SEPARATOR = "===proxmox-evpn===";

/** The node answered, but not with what can be read; the message names node and command. */
export class ObserveError extends Error {}

function parse<T>(schema: z.ZodType<T>, node: string, name: CommandName, text: string): T {
  try {
    // A command without anything to show may print nothing at all.
    return schema.parse(JSON.parse(text.trim() || (name === "summary" ? "{}" : "[]")));
  } catch {
    throw new ObserveError(
      `${node}: \`${COMMANDS[name]}\` did not answer with the JSON that is expected.`,
    );
  }
}

/** Reads a node's state over one connection, in one command. @throws SshError, ObserveError */
export async function observe(session: SshSession): Promise<Observation> {
  const names = Object.keys(COMMANDS) as CommandName[];
  const script = names.map((name) => COMMANDS[name]).join(` 2>/dev/null; echo '${SEPARATOR}'; `);
  const { stdout } = await session.exec(`${script} 2>/dev/null`);
  const texts = stdout.split(SEPARATOR);
  const text = (name: CommandName) => texts[names.indexOf(name)] ?? "";
  const { node } = session;
  const summary = parse(summarySchema, node, "summary", text("summary"));
  return {
    links: parse(z.array(linkSchema), node, "links", text("links")),
    addresses: parse(z.array(addressSchema), node, "addresses", text("addresses")),
    fdb: parse(z.array(fdbSchema), node, "fdb", text("fdb")),
    neighbors: Object.fromEntries(
      Object.entries(summary.peers).map(([peer, { state }]) => [peer, state]),
    ),
  };
}

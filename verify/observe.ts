import { z } from "zod";
import type { SshSession } from "../providers/ssh";
import type { NodeExpectation } from "./expect";
import { jsonDocuments } from "./json-text";
import {
  bfdPeersSchema,
  bgpVnisSchema,
  bgpVniSchema,
  EvpnRoute,
  evpnRouteSchema,
  evpnRoutesSchema,
  fdbsSchema,
  linksSchema,
  macsSchema,
  Observation,
  PathLook,
  summariesSchema,
  UpstreamLook,
  vniSchema,
  vrfRoutesSchema,
} from "./observation";
import { MARK, observeScript, TIMED_OUT } from "./observe-script";

/** The node answered, but not with what can be read; the message names the node and the part. */
export class ObserveError extends Error {
  constructor(
    message: string,
    /** FRR is there and does not answer. */
    readonly silent = false,
  ) {
    super(message);
  }
}

const LOOK_TIMEOUT_MS = 120_000;

function partsOf(answer: string): Record<string, string> {
  const pieces = answer.split(`${MARK} `).slice(1);
  return Object.fromEntries(
    pieces.map((piece) => {
      const end = piece.indexOf("\n");
      return [piece.slice(0, end), piece.slice(end + 1)];
    }),
  );
}

const linesOf = (text: string | undefined) => (text ?? "").split("\n").filter(Boolean);

function evpnRoutes(routes: Record<string, unknown>): EvpnRoute[] {
  return Object.values(routes).flatMap((byPrefix) =>
    Object.values(typeof byPrefix === "object" ? (byPrefix ?? {}) : {}).flatMap((entry) => {
      const route = evpnRouteSchema.safeParse(entry);
      if (!route.success) return [];
      return route.data.paths.flat().map(({ peerId, extendedCommunity, nexthops }) => ({
        prefix: route.data.prefix,
        communities: extendedCommunity?.string ?? "",
        nextHops: nexthops.flatMap(({ ip }) => (ip ? [ip] : [])),
        ...(peerId && peerId !== "(unspec)" ? { from: peerId } : {}),
      }));
    }),
  );
}

function pathsOf(text: string | undefined): Record<string, PathLook> {
  return Object.fromEntries(
    linesOf(text).map((line) => {
      const [result, to = "", device] = line.split(" ");
      const look: PathLook = { full: result === "full", small: result !== "none" };
      return [to, device ? { ...look, device } : look];
    }),
  );
}

function upstreamOf(text: string | undefined): Observation["upstream"] {
  const named = (word: string | undefined) => (word === "-" ? undefined : word);
  return Object.fromEntries(
    linesOf(text).map((line) => {
      const [family = "", answers, device, gateway] = line.split(" ");
      const look: UpstreamLook = {
        answers: answers === "yes",
        device: named(device),
        gateway: named(gateway),
      };
      return [family, look];
    }),
  );
}

function sysctlsOf(text: string | undefined): Record<string, string> {
  return Object.fromEntries(
    linesOf(text).map((line) => [
      line.slice(0, line.lastIndexOf(":")),
      line.slice(line.lastIndexOf(":") + 1),
    ]),
  );
}

/**
 * Reads the answer of `observeScript`. A part that is empty or no JSON reads as nothing seen, since a
 * stopped daemon answers so; only the kernel's own parts have to be there.
 * @throws ObserveError, also when FRR did not answer in time
 */
export function readAnswer(node: string, answer: string): Observation {
  const parts = partsOf(answer);
  const late = Object.keys(parts).filter((name) => parts[name]?.includes(TIMED_OUT));
  if (late.length > 0) {
    throw new ObserveError(
      `${node}: FRR's daemons do not answer vtysh (${late.join(", ")}).`,
      true,
    );
  }
  const documents = (name: string) => {
    try {
      return jsonDocuments(parts[name] ?? "");
    } catch {
      return [];
    }
  };
  const read = <T>(schema: z.ZodType<T>, document: unknown, empty: T): T => {
    const parsed = schema.safeParse(document);
    return parsed.success ? parsed.data : empty;
  };
  const kernel = <T>(schema: z.ZodType<T>, name: string): T => {
    const parsed = schema.safeParse(documents(name)[0]);
    if (parsed.success) return parsed.data;
    throw new ObserveError(`${node}: its ${name} could not be read as JSON; is iproute2 there?`);
  };
  const [summaries, bgpVnis, routes] = documents("bgp");
  // By shape and not by place: about VNIs FRR 8.4 prints nothing at all while its EVPN is off.
  const evpn = documents("evpn");
  const inEvpn = <T>(schema: z.ZodType<Record<string, T>>): Record<string, T> =>
    Object.assign({}, ...evpn.map((document) => read(schema, document, {})));
  return {
    links: kernel(linksSchema, "links"),
    fdb: kernel(fdbsSchema, "fdb"),
    daemons: linesOf(parts.daemons),
    sysctls: sysctlsOf(parts.sysctls),
    summaries: read(summariesSchema, summaries, {}),
    vnis: read(z.array(vniSchema), evpn.find(Array.isArray), []),
    bgpVnis: Object.values(read(bgpVnisSchema, bgpVnis, {})).flatMap((entry) => {
      const vni = bgpVniSchema.safeParse(entry);
      return vni.success ? [vni.data] : [];
    }),
    routes: evpnRoutes(read(evpnRoutesSchema, routes, {})),
    vrfRoutes: inEvpn(vrfRoutesSchema),
    macs: inEvpn(macsSchema),
    bfd: read(bfdPeersSchema, documents("bfd")[0], []),
    runningConfig: parts.running ?? "",
    frrConf: parts.frrConf ?? "",
    frrConfLocal: parts.frrConfLocal ?? "",
    paths: pathsOf(parts.paths),
    nat: linesOf(parts.nat).filter((line) => line.startsWith("-A ")),
    upstream: upstreamOf(parts.upstream),
  };
}

/** Looks at a node over one connection, in one command. @throws SshError, ObserveError */
export async function observe(
  session: SshSession,
  expected: NodeExpectation,
): Promise<Observation> {
  const { stdout } = await session.exec("sh -s", {
    stdin: observeScript(expected),
    timeoutMs: LOOK_TIMEOUT_MS,
    repeatable: true,
  });
  return readAnswer(session.node, stdout);
}

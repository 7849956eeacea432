import { isForeignDefault } from "../plan/frr-statements";
import { reloadReport } from "../plan/operator-scripts";
import type { NodeEndpoint } from "../plan/types";
import type { NodeFailure } from "./node-reloads";
import { On, quoteArgv, SshError, SshSession } from "./ssh";

/**
 * What FRR runs after an apply. FRR 10.3's bgpd ends with signal 11 when VXLAN devices come
 * (bgp_evpn_local_vni_add) after an earlier `router bgp` with EVPN was removed, as a destroy does it.
 * watchfrr starts it again, its boot and Proxmox VE's reload race for it, and it may be left with statements
 * that nobody wrote, such as `timers connect 30`, while the node's task ends OK.
 */

const PID = "cat /run/frr/bgpd.pid 2>/dev/null";
/** Milliseconds for bgpd to come back and FRR to load its file, by far more than a slow node needs. */
const RELOAD_MS = 240_000;

/** bgpd's process id on each node, by the node's name; none where it does not run or nothing answers. */
export async function bgpdPids(
  on: On,
  endpoints: readonly NodeEndpoint[],
): Promise<Map<string, string>> {
  const looks = endpoints.map(async (endpoint) => {
    const look = (session: SshSession) => session.exec(PID, { repeatable: true });
    const { stdout } = await on(endpoint, look).catch((error: unknown) => {
      if (error instanceof SshError) return { stdout: "" };
      throw error;
    });
    return [endpoint.name, stdout.trim()] as const;
  });
  return new Map((await Promise.all(looks)).filter(([, pid]) => pid !== ""));
}

// FRR's tools keep their output open in daemons that they start, so it goes to a file.
const PREAMBLE = `
log=$(mktemp) && trap 'rm -f "$log"' EXIT
frr_reload() { timeout -k 5 120 /usr/lib/frr/frr-reload.py "$1" --stdout /etc/frr/frr.conf </dev/null >"$log" 2>&1; }
until_there() { for i in $(seq 60); do vtysh -d bgpd -c 'show version' >/dev/null 2>&1 && break; sleep 1; done; }`;

/** A script that ends with what FRR would still change to run frr.conf. */
const thenAsk = (steps: string) => `${PREAMBLE}
${steps}
frr_reload --test
code=$?
cat "$log"
exit $code
`;

const lookAndLoad = (pid: string) =>
  thenAsk(`if [ "$(${PID})" != ${quoteArgv([pid])} ] || ! kill -0 ${quoteArgv([pid])} 2>/dev/null; then
  echo restarted
  until_there
  frr_reload --reload
fi
for family in ipv4 ipv6; do vtysh -c "clear bgp $family unicast * soft in" >/dev/null 2>&1; done`);

const LOAD = thenAsk("frr_reload --reload");

const RESTART =
  thenAsk(`systemctl restart frr </dev/null >"$log" 2>&1 || { tail -n 12 "$log"; exit 1; }
until_there`);

/** Sections in which something differs are listed even where that is a default of another profile. */
const SECTION = /^(router |address-family |vrf )/;

/** What FRR would still change to run frr.conf, or why it cannot tell; empty when it runs it. */
function unlike(code: number, log: string): string[] {
  const { remove, add } = reloadReport(log);
  const words = log.split("\n").filter((line) => line.trim() !== "" && !line.includes(" INFO: "));
  if (code !== 0) return words.slice(-12);
  const beside = remove.filter((line) => !isForeignDefault(line));
  const lacking = add.filter((line) => !isForeignDefault(line));
  if ([...beside, ...lacking].every((line) => SECTION.test(line))) return [];
  return [...beside.map((line) => `beside it: ${line}`), ...lacking];
}

async function mend(
  session: SshSession,
  pid: string,
  say: (line: string) => void,
): Promise<NodeFailure | undefined> {
  const { node } = session;
  const run = async (script: string) => {
    const { code, stdout } = await session.exec(script, { timeoutMs: RELOAD_MS });
    const restarted = stdout.startsWith("restarted\n");
    return {
      restarted,
      unlike: unlike(code, restarted ? stdout.slice("restarted\n".length) : stdout),
    };
  };
  const first = await run(lookAndLoad(pid));
  if (first.restarted)
    say(`${node}: bgpd was restarted during the apply, so FRR loaded frr.conf again`);
  if (first.unlike.length === 0) return undefined;
  if (!first.restarted) {
    // Sessions are not worth a difference that may be harmless: health tells what is left.
    say(
      `${node}: FRR does not run all of frr.conf (${first.unlike.join("; ")}), so it loads it again`,
    );
    await run(LOAD);
    return undefined;
  }
  say(`${node}: that was not enough, so FRR is restarted`);
  const { unlike: lines } = await run(RESTART);
  const reason = "bgpd was restarted during the apply, and FRR does not run /etc/frr/frr.conf";
  return lines.length === 0 ? undefined : { node, reason, lines };
}

/**
 * Asks every node whether FRR runs frr.conf after an apply, and has it loaded again where it does not, by
 * Proxmox VE's own command. A reload leaves behind what was made under another profile's defaults (`frr
 * defaults`). Where bgpd was restarted in the middle and not even that helps, FRR is restarted, as Proxmox
 * VE does it when a reload fails.
 *
 * Neighbors are asked for their routes again: FRR looks at no route a second time when a prefix-list
 * changes, so a loopback that came before its node was in our list would stay unknown.
 * @param before of {@link bgpdPids}, read before the apply
 * @returns the nodes on which FRR does not run it, with what it says
 */
export async function loadAfterApply(
  on: On,
  endpoints: readonly NodeEndpoint[],
  before: ReadonlyMap<string, string>,
  say: (line: string) => void,
): Promise<NodeFailure[]> {
  const looks = endpoints.map((endpoint) => {
    const pid = before.get(endpoint.name);
    if (pid === undefined) return Promise.resolve(undefined);
    return on(endpoint, (session) => mend(session, pid, say));
  });
  return (await Promise.all(looks)).filter((failure) => failure !== undefined);
}

import type { NodeEndpoint } from "../plan/types";
import type { NodeFailure } from "./node-reloads";
import { quoteArgv, SshError, SshSession } from "./ssh";

/**
 * bgpd that was restarted in the middle of an apply. FRR 10.3 ends with signal 11 when VXLAN devices come
 * (bgp_evpn_local_vni_add) after an earlier `router bgp` with EVPN was removed, as a destroy does it.
 * watchfrr starts it again, its boot and Proxmox VE's reload race for it, and it may be left with statements
 * that nobody wrote, such as `timers connect 30`, while the node's task ends OK.
 */

type On = <T>(endpoint: NodeEndpoint, work: (session: SshSession) => Promise<T>) => Promise<T>;

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
const reloadIfRestarted = (pid: string) => `
[ "$(${PID})" = ${quoteArgv([pid])} ] && kill -0 ${quoteArgv([pid])} 2>/dev/null && exit 0
for i in $(seq 60); do vtysh -d bgpd -c 'show version' >/dev/null 2>&1 && break; sleep 1; done
log=$(mktemp) && trap 'rm -f "$log"' EXIT
timeout -k 5 120 /usr/lib/frr/frr-reload.py --reload --stdout /etc/frr/frr.conf </dev/null >"$log" 2>&1
code=$?
echo loaded
[ $code = 0 ] || grep -v ' INFO: ' "$log" | tail -n 12
exit $code
`;

/**
 * Has FRR load frr.conf once more, by Proxmox VE's own command, where bgpd is another process than before
 * the apply. Elsewhere nothing happens.
 * @param before of {@link bgpdPids}, read before the apply
 * @returns the nodes on which FRR could not load it, with the reload's last lines
 */
export async function reloadAfterRestart(
  on: On,
  endpoints: readonly NodeEndpoint[],
  before: ReadonlyMap<string, string>,
  say: (line: string) => void,
): Promise<NodeFailure[]> {
  const looks = endpoints.map(async (endpoint): Promise<NodeFailure | undefined> => {
    const node = endpoint.name;
    const pid = before.get(node);
    if (pid === undefined) return undefined;
    const { code, stdout } = await on(endpoint, (session) =>
      session.exec(reloadIfRestarted(pid), { timeoutMs: RELOAD_MS }),
    );
    const [loaded, ...lines] = stdout.split("\n").filter((line) => line.trim() !== "");
    if (loaded === undefined) return undefined;
    say(`${node}: bgpd was restarted during the apply, so FRR loaded frr.conf once more`);
    const reason = "bgpd was restarted during the apply, and FRR does not load /etc/frr/frr.conf";
    return code === 0 ? undefined : { node, reason, lines };
  });
  return (await Promise.all(looks)).filter((failure) => failure !== undefined);
}

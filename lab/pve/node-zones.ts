import type { Context } from "./api";
import { existing } from "./call";
import { splitList } from "./formats";
import { runningObjects } from "./pending";
import type { SdnObjects } from "./state";

const lookMs = 30_000;

interface VnetState {
  vnet: string;
  status: "available" | "pending" | "error";
  statusmsg?: string;
}

/**
 * GET /nodes/N/sdn/zones. PVE only looks whether the VNets' bridges are there and whether
 * `interfaces.d/sdn` is as new as the running configuration; FRR is never looked at.
 */
export async function zoneStates(context: Context): Promise<{ zone: string; status: string }[]> {
  const zones = zonesOn(context);
  const vnets = await vnetStates(context);
  return Object.keys(zones).map((zone) => {
    const states = vnets.filter(({ of }) => of === zone).map(({ state }) => state.status);
    const worst = (["error", "pending"] as const).find((status) => states.includes(status));
    return { zone, status: worst ?? "available" };
  });
}

/** GET /nodes/N/sdn/zones/Z/content. */
export async function zoneContent(context: Context): Promise<VnetState[]> {
  const zone = String(context.parameters.zone);
  existing(context.call, "zones", zone, zonesOn(context));
  const vnets = await vnetStates(context);
  return vnets.filter(({ of }) => of === zone).map(({ state }) => state);
}

function zonesOn({ cluster, parameters }: Context): SdnObjects {
  const zones = runningObjects(cluster.state, "zones");
  const here = Object.entries(zones).filter(
    ([, { nodes }]) =>
      nodes === undefined || splitList(String(nodes)).includes(String(parameters.node)),
  );
  return Object.fromEntries(here);
}

async function vnetStates(context: Context): Promise<{ of: string; state: VnetState }[]> {
  const { cluster, parameters } = context;
  const script = "ls /sys/class/net; head -n 1 /etc/network/interfaces.d/sdn 2>/dev/null; true\n";
  const { stdout } = await cluster.shell.run(String(parameters.node), script, lookMs);
  const lines = new Set(stdout.split("\n"));
  const current = lines.has(`#version:${cluster.state.running?.version}`);
  return Object.entries(runningObjects(cluster.state, "vnets")).map(([vnet, { zone }]) => {
    const of = String(zone);
    if (!current) return { of, state: { vnet, status: "pending" } };
    if (lines.has(vnet)) return { of, state: { vnet, status: "available" } };
    return { of, state: { vnet, status: "error", statusmsg: "missing" } };
  });
}

import type { Difference, Kind } from "../diff";
import type { ResourceType, Site } from "../resource-provider";
import type { Properties, Value } from "../wire";
import { hasUnknown, same, unknown } from "../wire";
import type { Api, Form } from "./api";
import { DoesNotExist } from "./api";
import { asList, asObject, nicFrom, toVmForm } from "./vm-form";

/** The properties that the stand-in knows, with those inside of them; the real type has many more. */
const known: Record<string, readonly string[]> = {
  ...Object.fromEntries(
    ["name", "description", "tags", "nodeName", "vmId", "started", "onBoot", "stopOnDestroy"].map(
      (name) => [name, []],
    ),
  ),
  scsiHardware: [],
  cpu: ["cores", "sockets", "type"],
  memory: ["dedicated"],
  agent: ["enabled"],
  operatingSystem: ["type"],
  disks: ["interface", "datastoreId", "importFrom", "size"],
  networkDevices: ["bridge", "firewall", "macAddress", "model", "mtu", "vlanId"],
  initialization: ["datastoreId", "interface", "ipConfigs", "dns"],
};
/** Everything else is changed in place: with these another machine is meant. */
const replacing = ["nodeName", "vmId"];
/** What the provider fills in, beside what the program wrote. */
const computed = ["macAddresses"];

function check(inputs: Properties, problem: (property: string, reason: string) => void): void {
  for (const [name, value] of Object.entries(inputs)) {
    const inside = known[name];
    if (!inside) {
      problem(name, `the proxmoxve stand-in's machines have no such property`);
      continue;
    }
    if (inside.length === 0 || hasUnknown(value)) continue;
    for (const each of Array.isArray(value) ? asList(value) : [asObject(value)]) {
      for (const field of Object.keys(each).filter((field) => !inside.includes(field))) {
        problem(`${name}.${field}`, `the proxmoxve stand-in's machines have no such property`);
      }
    }
  }
  if (typeof inputs.nodeName !== "string") {
    problem("nodeName", 'Missing required argument: "nodeName" is required');
  }
  if (typeof inputs.vmId !== "number") {
    problem("vmId", "the proxmoxve stand-in chooses no numbers: name one");
  }
  for (const [at, nic] of asList(inputs.networkDevices).entries()) {
    const { vlanId, mtu } = nic;
    if (typeof vlanId === "number" && (vlanId < 0 || vlanId > 4094)) {
      problem(`networkDevices[${at}].vlanId`, `expected it to be in the range (0 - 4094)`);
    }
    if (typeof mtu === "number" && (mtu < 0 || mtu > 65520)) {
      problem(`networkDevices[${at}].mtu`, `expected it to be in the range (0 - 65520)`);
    }
  }
}

/** Changed leaves with their paths, `networkDevices[0].bridge`, as the bridged provider tells them. */
function leaves(path: string, old: Value | undefined, wanted: Value | undefined): [string, Kind][] {
  if (same(old ?? undefined, wanted ?? undefined)) return [];
  if (Array.isArray(old) && Array.isArray(wanted)) {
    const length = Math.max(old.length, wanted.length);
    return Array.from({ length }, (_, at) => leaves(`${path}[${at}]`, old[at], wanted[at])).flat();
  }
  const both = [old, wanted].every((v) => typeof v === "object" && v !== null && !Array.isArray(v));
  if (both && !hasUnknown(wanted)) {
    const [a, b] = [asObject(old), asObject(wanted)];
    const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
    return names.flatMap((name) => leaves(path ? `${path}.${name}` : name, a[name], b[name]));
  }
  const kind = (old ?? null) === null ? "add" : (wanted ?? null) === null ? "delete" : "update";
  return [[path, replacing.includes(path) ? `${kind}Replace` : kind]];
}

/**
 * `proxmoxve:index/vmLegacy:VmLegacy`: a machine with its interfaces, disks and cloud-init addresses.
 * A change of anything but node and number is made in place, with a restart of a machine that runs:
 * a program that wants a new machine has to say so.
 */
export function vm(api: () => Api): ResourceType {
  const at = (node: Value | undefined, id: string) =>
    `nodes/${encodeURIComponent(String(node))}/qemu/${encodeURIComponent(id)}`;
  const run = async (method: "POST" | "DELETE", path: string, form: Form = {}) =>
    api().task(String(await api().call(method, path, form)));
  const failed = (what: string, { name }: Site, error: unknown) =>
    new Error(`error ${what} VM ${name}: ${(error as Error).message}`);

  async function outputs(id: string, news: Properties): Promise<Properties> {
    const config = await api().object(`${at(news.nodeName, id)}/config`);
    const macAddresses = asList(news.networkDevices).map((_, slot) =>
      String(nicFrom(String(config[`net${slot}`] ?? "")).macAddress),
    );
    return { ...news, vmId: Number(id), macAddresses };
  }
  async function running(node: Value | undefined, id: string): Promise<boolean> {
    return (await api().object(`${at(node, id)}/status/current`)).status === "running";
  }
  async function stop(node: Value | undefined, id: string, hard: boolean): Promise<void> {
    if (!(await running(node, id))) return;
    const form = hard ? {} : { timeout: 1800, forceStop: 1 };
    await run("POST", `${at(node, id)}/status/${hard ? "stop" : "shutdown"}`, form);
  }

  return {
    check(inputs, problem) {
      check(inputs, problem);
      return inputs;
    },
    diff: (state, _olds, news, ignored) => {
      const wanted = Object.fromEntries(
        Object.entries(news).filter(([name]) => !ignored.includes(name)),
      );
      const have = Object.fromEntries(
        Object.entries(state).filter(
          ([name]) => !computed.includes(name) && !ignored.includes(name),
        ),
      );
      return new Map(leaves("", have, wanted)) satisfies Difference;
    },
    preview: (news, state) => ({ ...news, macAddresses: state?.macAddresses ?? unknown }),
    async create(news, site) {
      try {
        const id = String(news.vmId);
        const path = `nodes/${encodeURIComponent(String(news.nodeName))}/qemu`;
        await run("POST", path, { ...toVmForm(news), vmid: id });
        const start = `${at(news.nodeName, id)}/status/start`;
        // The real provider keeps a machine that does not start and makes it anew the next time;
        // taking it away at once comes to the same.
        if (news.started !== false) {
          await run("POST", start).catch(async (error: unknown) => {
            await run("DELETE", at(news.nodeName, id)).catch(() => undefined);
            throw error;
          });
        }
        return { id, outputs: await outputs(id, news) };
      } catch (error) {
        throw failed("creating", site, error);
      }
    },
    async update(id, news, state, site) {
      try {
        const [before, form] = [toVmForm(state), toVmForm(news)];
        const gone = Object.keys(before).filter((name) => !(name in form));
        const path = at(news.nodeName, id);
        await api().call("PUT", `${path}/config`, gone.length ? { ...form, delete: gone } : form);
        if (await running(news.nodeName, id)) await stop(news.nodeName, id, false);
        if (news.started !== false) await run("POST", `${path}/status/start`);
        return await outputs(id, news);
      } catch (error) {
        throw failed("updating", site, error);
      }
    },
    async read(id, state) {
      try {
        const config = await api().object(`${at(state.nodeName, id)}/config`);
        const started = await running(state.nodeName, id);
        const nics = asList(state.networkDevices).map((nic, slot) => {
          const seen = nicFrom(String(config[`net${slot}`] ?? ""));
          return Object.fromEntries(Object.keys(nic).map((name) => [name, seen[name] ?? null]));
        });
        const found = { ...state, networkDevices: nics, ...(started ? {} : { started }) };
        const inputs = Object.entries(found).filter(([name]) => !computed.includes(name));
        return { id, outputs: found, inputs: Object.fromEntries(inputs) };
      } catch (error) {
        if (error instanceof DoesNotExist) return undefined;
        throw error;
      }
    },
    async delete(id, state, site) {
      try {
        await stop(state.nodeName, id, state.stopOnDestroy === true);
        const form = { "destroy-unreferenced-disks": 1, purge: 1 };
        await run("DELETE", at(state.nodeName, id), form);
      } catch (error) {
        if (error instanceof DoesNotExist) return; // gone already is what was wanted
        throw failed("deleting", site, error);
      }
    },
  };
}

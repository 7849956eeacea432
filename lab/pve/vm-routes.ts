import { WorkerAnswer, type Context, type Route } from "./api";
import type { Cluster } from "./cluster";
import { ParameterError, PveFailure } from "./errors";
import { keepGuests, readGuests, type Guest } from "./guests";
import type { Parameters, Properties, Property } from "./schema";
import type { TaskLog } from "./tasks";
import { optionErrors, slots, vmOptions, withMac } from "./vm-config";
import { startVm, stopVm } from "./vm-power";

const node: Properties = { node: { type: "string", format: "pve-node" } };
const vmid: Property = { type: "integer", minimum: 100, maximum: 999999999 };
const flag: Property = { type: "boolean", optional: 1 };
const whole: Property = { type: "integer", optional: 1, minimum: 0 };

/** Calls that make, change, start, stop and remove a virtual machine. */
export function vmRoutes(): Route[] {
  const at = (
    method: Route["method"],
    path: string,
    properties: Properties,
    handle: Route["handle"],
  ): Route => ({
    method,
    path: `/nodes/{node}/qemu${path}`,
    properties: { ...node, vmid, ...properties },
    onNode: true,
    handle,
  });
  const change = { ...vmOptions, delete: { type: "string", optional: 1 } } satisfies Properties;
  const stopping = { timeout: whole, forceStop: flag, skiplock: flag } satisfies Properties;
  return [
    at("POST", "", { ...vmOptions, start: flag }, create),
    at("PUT", "/{vmid}/config", change, async (context) => {
      await configure(context);
      return null;
    }),
    at("POST", "/{vmid}/config", change, (context) =>
      worker(context, "qmconfig", () => configure(context)),
    ),
    at("GET", "/{vmid}/status/current", {}, current),
    at("POST", "/{vmid}/status/start", { timeout: whole }, (context) =>
      worker(context, "qmstart", async (guest, log) => {
        if (guest.status === "running") throw new Error(`VM ${guest.vmid} already running`);
        await startVm(context.cluster, guest, log);
      }),
    ),
    at("POST", "/{vmid}/status/stop", stopping, (context) =>
      worker(context, "qmstop", (guest) => stopVm(context.cluster, guest)),
    ),
    at("POST", "/{vmid}/status/shutdown", stopping, (context) =>
      worker(context, "qmshutdown", (guest) => stopVm(context.cluster, guest)),
    ),
    at("DELETE", "/{vmid}", { purge: flag, "destroy-unreferenced-disks": flag }, remove),
  ];
}

async function found({ cluster, call, parameters }: Context): Promise<Guest> {
  const guests = await readGuests(cluster);
  const guest = guests.find((each) => each.type === "qemu" && each.vmid === parameters.vmid);
  if (guest && guest.node === parameters.node) return guest;
  const file = `nodes/${String(parameters.node)}/qemu-server/${String(parameters.vmid)}.conf`;
  throw call.files.failure(`Configuration file '${file}' does not exist`);
}

/** Starts a worker for a machine that is there. */
async function worker(
  context: Context,
  type: string,
  work: (guest: Guest, log: TaskLog) => Promise<void>,
): Promise<WorkerAnswer> {
  const guest = await found(context);
  const { cluster, call } = context;
  const task = { node: guest.node, type, id: String(guest.vmid), user: call.user };
  return new WorkerAnswer(cluster.tasks.start(task, (log) => work(guest, log), call.foreground));
}

function optionsOf(parameters: Parameters, id: number): Guest["config"] {
  const options: Guest["config"] = {};
  for (const [name, value] of Object.entries(parameters)) {
    if (name in vmOptions && !Array.isArray(value)) options[name] = value;
  }
  const errors = optionErrors(options);
  if (Object.keys(errors).length > 0) throw new ParameterError(errors);
  for (const slot of slots) {
    const net = options[`net${slot}`];
    if (typeof net === "string") options[`net${slot}`] = withMac(net, id, slot);
  }
  return options;
}

async function create({ cluster, call, parameters }: Context): Promise<WorkerAnswer> {
  const id = Number(parameters.vmid);
  const here = String(parameters.node);
  const taken = (await readGuests(cluster)).find((guest) => guest.vmid === id);
  if (taken) {
    throw new PveFailure(
      `unable to create VM ${id} - VM ${id} already exists on node '${taken.node}'`,
    );
  }
  const config = optionsOf(parameters, id);
  const guest: Guest = {
    vmid: id,
    name: String(config.name ?? `VM${id}`),
    node: here,
    type: "qemu",
    status: "stopped",
    config,
    cabled: true,
  };
  const task = { node: here, type: "qmcreate", id: String(id), user: call.user };
  const work = async (log: TaskLog) => {
    keep(cluster, (guests) => [...guests, guest]);
    if (parameters.start === 1) await startVm(cluster, guest, log);
  };
  return new WorkerAnswer(cluster.tasks.start(task, work, call.foreground));
}

async function configure(context: Context): Promise<void> {
  const guest = await found(context);
  const { parameters, cluster } = context;
  const gone = String(parameters.delete ?? "").split(",");
  const kept = Object.entries(guest.config).filter(([name]) => !gone.includes(name));
  const config = { ...Object.fromEntries(kept), ...optionsOf(parameters, guest.vmid) };
  const name = String(config.name ?? guest.name);
  keep(cluster, (guests) =>
    guests.map((each) => (each.vmid === guest.vmid ? { ...each, name, config } : each)),
  );
}

async function current(context: Context) {
  const { vmid: id, name, status } = await found(context);
  return { vmid: id, name, status, qmpstatus: status, cpus: 1, ha: { managed: 0 } };
}

async function remove(context: Context): Promise<WorkerAnswer> {
  const { status } = await found(context);
  if (status === "running") {
    throw new PveFailure(`VM ${Number(context.parameters.vmid)} is running - destroy failed`);
  }
  return worker(context, "qmdestroy", async (guest) => {
    keep(context.cluster, (guests) => guests.filter((each) => each.vmid !== guest.vmid));
  });
}

function keep(cluster: Cluster, change: (guests: Guest[]) => Guest[]): void {
  keepGuests(cluster.guestsFile, change);
}

import { startNodeReload } from "./apply";
import { WorkerAnswer, type Context, type Route } from "./api";
import { ParameterError } from "./errors";
import { readGuests, type Guest } from "./guests";
import type { Properties, Property } from "./schema";
import { zoneContent, zoneStates } from "./node-zones";
import type { TaskRow } from "./tasks";
import type { VersionData } from "./versions";
import { vmRoutes } from "./vm-routes";

const node: Properties = { node: { type: "string", format: "pve-node" } };
const number: Property = { type: "integer", optional: 1, minimum: 0 };
const text: Property = { type: "string", optional: 1 };
const vmid: Property = { type: "integer", minimum: 100 };

const taskFilters: Properties = {
  start: number,
  limit: number,
  since: number,
  until: number,
  typefilter: text,
  userfilter: text,
  statusfilter: text,
  source: { ...text, enum: ["archive", "active", "all"] },
  errors: { type: "boolean", optional: 1 },
};

/** Calls under /nodes. */
export function nodeRoutes(data: VersionData): Route[] {
  const onNode = (path: string, properties: Properties, handle: Route["handle"]): Route => ({
    method: "GET",
    path: `/nodes/{node}${path}`,
    properties: { ...node, ...properties },
    onNode: true,
    handle,
  });
  const upid = { upid: { type: "string" } } satisfies Properties;
  return [
    onNode("/status", {}, () => ({
      pveversion: `pve-manager/${data.answer.version}/${data.answer.repoid}`,
      uptime: Math.floor(process.uptime()),
    })),
    onNode("/version", {}, () => data.answer),
    onNode("/qemu", {}, (context) => guestRows(context, "qemu")),
    onNode("/lxc", {}, (context) => guestRows(context, "lxc")),
    onNode("/qemu/{vmid}/config", { vmid }, (context) => guestConfig(context, "qemu")),
    onNode("/lxc/{vmid}/config", { vmid }, (context) => guestConfig(context, "lxc")),
    ...vmRoutes(),
    onNode("/tasks", taskFilters, nodeTasks),
    onNode("/tasks/{upid}/status", upid, ({ cluster, parameters }) => {
      return cluster.tasks.status(String(parameters.upid)) ?? noTask(String(parameters.upid));
    }),
    onNode("/tasks/{upid}/log", { ...upid, start: number, limit: number }, taskLog),
    onNode("/sdn/zones", {}, zoneStates),
    onNode("/sdn/zones/{zone}/content", { zone: { type: "string" } }, zoneContent),
    {
      method: "PUT",
      path: "/nodes/{node}/network",
      properties: data.schemas["PUT /nodes/pve01/network"] ?? node,
      onNode: true,
      handle: ({ cluster, call, parameters }) => {
        const always = !("regenerate-frr" in (data.schemas["PUT /nodes/pve01/network"] ?? {}));
        const regenerate = always || parameters["regenerate-frr"] === 1;
        return new WorkerAnswer(
          startNodeReload(cluster, String(parameters.node), call, regenerate),
        );
      },
    },
  ];
}

async function guestRows({ cluster, parameters }: Context, type: Guest["type"]) {
  const guests = await readGuests(cluster);
  const here = guests.filter((guest) => guest.type === type && guest.node === parameters.node);
  return here.map(({ vmid, name, status }) => ({ vmid, name, status }));
}

async function guestConfig({ cluster, call, parameters }: Context, type: Guest["type"]) {
  const { node, vmid } = parameters;
  const guests = await readGuests(cluster);
  const guest = guests.find((each) => each.type === type && each.vmid === vmid);
  if (guest?.node === node) return guest?.config;
  const folder = type === "qemu" ? "qemu-server" : "lxc";
  const file = `nodes/${String(node)}/${folder}/${String(vmid)}.conf`;
  throw call.files.failure(`Configuration file '${file}' does not exist`);
}

function noTask(upid: string): never {
  throw new ParameterError({ upid: `unable to parse worker upid '${upid}'` });
}

/** Rows of a task list; the newest first, as PVE gives them. */
function nodeTasks({ cluster, parameters }: Context): TaskRow[] {
  const { since, until, typefilter, userfilter, source = "archive" } = parameters;
  const rows = cluster.tasks
    .list()
    .filter(
      (row) =>
        row.node === parameters.node &&
        (source === "all" || (source === "active") === (row.endtime === undefined)) &&
        (since === undefined || row.starttime >= Number(since)) &&
        (until === undefined || row.starttime <= Number(until)) &&
        (typefilter === undefined || row.type === typefilter) &&
        (userfilter === undefined || row.user.includes(String(userfilter))) &&
        (!parameters.errors || (row.status !== undefined && row.status !== "OK")),
    );
  const start = Number(parameters.start ?? 0);
  return rows.slice(start, start + Number(parameters.limit ?? 50));
}

function taskLog({ cluster, parameters }: Context): { n: number; t: string }[] {
  const lines = cluster.tasks.lines(String(parameters.upid));
  if (!lines) return noTask(String(parameters.upid));
  const start = Number(parameters.start ?? 0);
  // PVE reads 0 as "no limit".
  const limit = Number(parameters.limit ?? 50) || lines.length;
  if (lines.length === 0) return [{ n: 1, t: "no content" }];
  return lines.map((t, at) => ({ n: at + 1, t })).slice(start, start + limit);
}

import type { Context, Method, Route } from "./api";
import { dryRun } from "./dry-run";
import { readGuests } from "./guests";
import { nodeRoutes } from "./node-routes";
import { runningObjects } from "./pending";
import type { Properties } from "./schema";
import { sdnRoutes } from "./sdn-routes";
import type { VersionData } from "./versions";

/** Every call that the stand-in answers. */
export function allRoutes(data: VersionData): Route[] {
  const get = (path: string, handle: Route["handle"], properties: Properties = {}): Route => ({
    method: "GET",
    path,
    properties,
    handle,
  });
  return [
    get("/version", () => data.answer),
    get("/nodes", nodeList),
    get("/cluster/status", clusterStatus),
    get("/cluster/resources", resources, {
      type: { type: "string", optional: 1, enum: ["vm", "storage", "node", "sdn"] },
    }),
    get("/cluster/tasks", ({ cluster }) => cluster.tasks.list().slice(0, 25)),
    get("/access/permissions", permissions, {
      path: { type: "string", optional: 1 },
      userid: { type: "string", optional: 1 },
    }),
    ...sdnRoutes(data),
    ...(data.hasDryRun
      ? [get("/cluster/sdn/dry-run", dryRun, { node: { type: "string", format: "pve-node" } })]
      : []),
    ...nodeRoutes(data),
  ];
}

/** Names under a path, for `pvesh ls`; with the methods that each has. */
export function children(
  routes: readonly Route[],
  path: string,
): Map<string, { methods: Method[]; directory: boolean }> {
  const above = path.split("/").filter((segment) => segment !== "");
  const found = new Map<string, { methods: Method[]; directory: boolean }>();
  for (const route of routes) {
    const segments = route.path.split("/").filter((segment) => segment !== "");
    const under = above.every(
      (name, at) => segments[at] === name || /^\{/.test(segments[at] ?? ""),
    );
    const name = segments[above.length];
    if (!under || name === undefined) continue;
    const entry = found.get(name) ?? { methods: [], directory: false };
    if (segments.length > above.length + 1) entry.directory = true;
    else entry.methods.push(route.method);
    found.set(name, entry);
  }
  return found;
}

async function nodeStates({ cluster }: Context) {
  return Promise.all(
    cluster.nodes.map(async (node) => ({ ...node, online: await cluster.online(node.name) })),
  );
}

async function nodeList(context: Context) {
  return (await nodeStates(context)).map(({ name, online }) => ({
    id: `node/${name}`,
    node: name,
    type: "node",
    status: online ? "online" : "offline",
    level: "",
  }));
}

async function clusterStatus(context: Context) {
  const states = await nodeStates(context);
  const answering = states.filter(({ online }) => online).length;
  return [
    {
      id: "cluster",
      name: "lab",
      type: "cluster",
      nodes: states.length,
      quorate: answering * 2 > states.length ? 1 : 0,
      version: states.length,
    },
    ...states.map(({ id, name, address, online }) => ({
      id: `node/${name}`,
      ip: address,
      level: "",
      local: name === context.call.node ? 1 : 0,
      name,
      nodeid: id,
      online: online ? 1 : 0,
      type: "node",
    })),
  ];
}

async function resources(context: Context) {
  const { type } = context.parameters;
  const nodes = type === undefined || type === "node" ? await nodeList(context) : [];
  const guests = type === undefined || type === "vm" ? await guestList(context) : [];
  if (type !== undefined && type !== "sdn") return [...nodes, ...guests];
  const zones = Object.keys(runningObjects(context.cluster.state, "zones"));
  const sdn = (await nodeStates(context)).flatMap(({ name, online }) =>
    zones.map((zone) => ({
      id: `sdn/${name}/${zone}`,
      node: name,
      sdn: zone,
      status: online ? "available" : "unknown",
      type: "sdn",
    })),
  );
  return [...nodes, ...guests, ...sdn];
}

// The state of a guest on a node that is down is not known.
async function guestList(context: Context) {
  const online = new Map(
    (await nodeStates(context)).map((node) => [node.name, node.online] as const),
  );
  return (await readGuests(context.cluster)).map(({ vmid, name, node, type, status }) => ({
    id: `${type}/${vmid}`,
    vmid,
    name,
    node,
    type,
    status: online.get(node) ? status : "unknown",
    template: 0,
  }));
}

// The lab's token and root@pam may do everything.
function permissions() {
  const rights = ["SDN.Allocate", "SDN.Audit", "SDN.Use", "Sys.Audit", "Sys.Modify"];
  const all = Object.fromEntries(rights.map((right) => [right, 1]));
  return { "/": all, "/sdn": all, "/nodes": all };
}

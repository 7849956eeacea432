import { applyConfig } from "./apply";
import { WorkerAnswer, type Context, type Route } from "./api";
import { words } from "./call";
import { releaseLock, rollback, takeLock } from "./lock";
import type { Properties, Property } from "./schema";
import { createObject, deleteObject, updateObject } from "./sdn-objects";
import { objectView, objectViews } from "./sdn-views";
import type { Kind } from "./state";
import { subnetId } from "./subnets";
import type { VersionData } from "./versions";

const boolean: Property = { type: "boolean", optional: 1 };
const text: Property = { type: "string" };
const token: Properties = { "lock-token": { type: "string", optional: 1 } };
const reading: Properties = { pending: boolean, running: boolean };

/** Path of a kind's objects, and the recorded call with the schema of its PUT. */
const places: Record<Kind, { list: string; recordedOne: string; recordedList: string }> = {
  controllers: {
    list: "/cluster/sdn/controllers",
    recordedList: "POST /cluster/sdn/controllers",
    recordedOne: "PUT /cluster/sdn/controllers/frr",
  },
  zones: {
    list: "/cluster/sdn/zones",
    recordedList: "POST /cluster/sdn/zones",
    recordedOne: "PUT /cluster/sdn/zones/z1",
  },
  vnets: {
    list: "/cluster/sdn/vnets",
    recordedList: "POST /cluster/sdn/vnets",
    recordedOne: "PUT /cluster/sdn/vnets/v1",
  },
  subnets: {
    list: "/cluster/sdn/vnets/{vnet}/subnets",
    recordedList: "POST /cluster/sdn/vnets/v1/subnets",
    recordedOne: "PUT /cluster/sdn/vnets/v1/subnets/x",
  },
};

/** All calls under /cluster/sdn that the version has. */
export function sdnRoutes(data: VersionData): Route[] {
  const lockToken = data.hasLock ? token : {};
  return [
    {
      method: "GET",
      path: "/cluster/sdn",
      properties: {},
      handle: () => ["vnets", "zones", "controllers", "ipams", "dns"].map((id) => ({ id })),
    },
    ...(Object.keys(places) as Kind[]).flatMap((kind) => objectRoutes(data, kind, lockToken)),
    {
      method: "PUT",
      path: "/cluster/sdn",
      properties: data.schemas["PUT /cluster/sdn"] ?? {},
      handle: ({ cluster, call, parameters }) =>
        new WorkerAnswer(applyConfig(cluster, call, parameters)),
    },
    ...(data.hasLock ? lockRoutes() : []),
  ];
}

function objectRoutes(data: VersionData, kind: Kind, lockToken: Properties): Route[] {
  const { list, recordedList, recordedOne } = places[kind];
  const word = words[kind];
  const one = `${list}/{${word}}`;
  const inPath: Properties = kind === "subnets" ? { vnet: text, subnet: text } : { [word]: text };
  const filter: Properties = kind === "subnets" ? { vnet: text } : {};
  const byType: Properties =
    kind === "zones" || kind === "controllers" ? { type: { type: "string", optional: 1 } } : {};
  return [
    {
      method: "GET",
      path: list,
      properties: { ...filter, ...reading, ...byType },
      handle: (context) => listed(kind, context),
    },
    {
      method: "POST",
      path: list,
      properties: data.schemas[recordedList] ?? {},
      handle: ({ call, parameters }) => {
        const id = String(parameters[word]);
        if (kind === "subnets") {
          const subnet = subnetId(call, String(parameters.vnet), id);
          createObject(call, kind, subnet, { ...parameters, vnet: String(parameters.vnet) });
        } else if (kind === "vnets") createObject(call, kind, id, { type: "vnet", ...parameters });
        else createObject(call, kind, id, parameters);
      },
    },
    {
      method: "GET",
      path: one,
      properties: { ...inPath, ...reading },
      handle: ({ call, parameters }) =>
        objectView(call, kind, String(parameters[word]), parameters),
    },
    {
      method: "PUT",
      path: one,
      properties: data.schemas[recordedOne] ?? {},
      handle: ({ call, parameters }) =>
        updateObject(call, kind, String(parameters[word]), parameters),
    },
    {
      method: "DELETE",
      path: one,
      properties: { ...inPath, ...lockToken },
      handle: ({ call, parameters }) =>
        deleteObject(call, kind, String(parameters[word]), parameters),
    },
  ];
}

function listed(kind: Kind, { call, parameters }: Context): unknown[] {
  const views = [...objectViews(call, kind, parameters).values()];
  return views.filter(
    (view) =>
      (kind !== "subnets" || view.vnet === parameters.vnet) &&
      (parameters.type === undefined || view.type === parameters.type),
  );
}

function lockRoutes(): Route[] {
  return [
    {
      method: "POST",
      path: "/cluster/sdn/lock",
      properties: { "allow-pending": boolean },
      handle: ({ call, parameters }) => takeLock(call, parameters),
    },
    {
      method: "DELETE",
      path: "/cluster/sdn/lock",
      properties: { ...token, force: boolean },
      handle: ({ call, parameters }) => releaseLock(call, parameters),
    },
    {
      method: "POST",
      path: "/cluster/sdn/rollback",
      properties: { ...token, "release-lock": boolean },
      handle: ({ call, parameters }) => rollback(call, parameters),
    },
  ];
}

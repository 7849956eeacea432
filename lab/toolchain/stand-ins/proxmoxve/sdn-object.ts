// What zone, controller and VNet have in common: one object at one path, named by its id.
import { difference } from "../diff";
import type { ResourceType } from "../resource-provider";
import type { Properties } from "../wire";
import type { Api } from "./api";
import { DoesNotExist } from "./api";
import type { Field } from "./fields";
import { checkFields, fromObject, previewOutputs, toForm, unset } from "./fields";

export interface SdnObject {
  /** In the provider's words: "SDN Zone". */
  title: string;
  /** Of the calls: `cluster/sdn/zones`. */
  path: string;
  /** The property that holds the id, and the parameter that carries it. */
  id: { property: string; parameter: string };
  /** The API's `type` of a new object, where it has one. */
  type?: string;
  fields: readonly Field[];
  /** Whether it is read with `?pending=1`. */
  readsPending: boolean;
  /** Outputs that only the API knows. */
  computed: readonly string[];
  computedFrom(data: Properties): Properties;
  /** Problems beyond missing or misshapen properties. */
  validate?(inputs: Properties, problem: (property: string, reason: string) => void): void;
  /** The words for what could not be done: `unable("create", "evpnz1")`. */
  unable(verb: "Create" | "Read" | "Update" | "Delete", id: string): string;
  /** The client's own words before PVE's: "error creating SDN zone". */
  client(verb: "creating" | "reading" | "updating" | "deleting", id: string): string;
}

const gerund = {
  Create: "creating",
  Read: "reading",
  Update: "updating",
  Delete: "deleting",
} as const;

/** A resource type around one kind of SDN object. */
export function sdnObject(api: () => Api, kind: SdnObject): ResourceType {
  const idField: Field = { ...kind.id, form: "text", required: true };
  const all = [idField, ...kind.fields];
  const names = (wanted: (field: Field) => boolean) =>
    all.filter(wanted).map(({ property }) => property);
  const at = (id: string) => `${kind.path}/${encodeURIComponent(id)}`;

  async function attempt<T>(verb: keyof typeof gerund, id: string, call: () => Promise<T>) {
    try {
      return await call();
    } catch (error) {
      if (error instanceof DoesNotExist && verb !== "Create" && verb !== "Update") throw error;
      const { message } = error as Error;
      throw new Error(`${kind.unable(verb, id)}: ${kind.client(gerund[verb], id)}: ${message}`);
    }
  }
  async function readState(id: string): Promise<Properties> {
    const data = await attempt("Read", id, () =>
      api().object(at(id), kind.readsPending ? { pending: 1 } : {}),
    );
    return {
      ...fromObject(kind.fields, data),
      [kind.id.property]: id,
      ...kind.computedFrom(data),
    };
  }

  return {
    check(inputs, problem) {
      checkFields(all, inputs, problem);
      kind.validate?.(inputs, problem);
      return inputs;
    },
    diff: (state, _olds, news, ignored) =>
      difference(
        state,
        news,
        {
          inputs: names(() => true),
          replaces: (name) => name === kind.id.property,
          kept: names((field) => field.kept === true),
          defaults: Object.fromEntries(
            all.flatMap(({ property, default: d }) => (d === undefined ? [] : [[property, d]])),
          ),
          sets: names(({ form }) => form === "joined" || form === "repeated"),
        },
        ignored,
      ),
    preview: (news) => previewOutputs(all, news, kind.computed),
    async create(news) {
      const id = String(news[kind.id.property]);
      const form = { ...toForm(all, news), ...(kind.type ? { type: kind.type } : {}) };
      await attempt("Create", id, () => api().call("POST", kind.path, form));
      return { id, outputs: await readState(id) };
    },
    async update(id, news, state) {
      const gone = unset(kind.fields, state, news);
      const form = { ...toForm(all, news), ...(gone.length > 0 ? { delete: gone } : {}) };
      await attempt("Update", id, () => api().call("PUT", at(id), form));
      return readState(id);
    },
    async read(id) {
      try {
        const outputs = await readState(id);
        const inputs = Object.fromEntries(
          Object.entries(outputs).filter(([name]) => !kind.computed.includes(name)),
        );
        return { id, outputs, inputs };
      } catch (error) {
        if (error instanceof DoesNotExist) return undefined;
        throw error;
      }
    },
    async delete(id) {
      try {
        await attempt("Delete", id, () => api().call("DELETE", at(id)));
      } catch (error) {
        if (!(error instanceof DoesNotExist)) throw error; // gone already is what was wanted
      }
    },
  };
}

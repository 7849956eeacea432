import { difference } from "../diff";
import type { ResourceType } from "../resource-provider";
import { unknown } from "../wire";
import type { Api } from "./api";

const inputs = ["onCreate", "onDestroy"];

/**
 * `proxmoxve:sdn/applier:Applier`: PUT /cluster/sdn when it is created and when it is deleted. It
 * applies whatever is pending, whoever made it, and believes the parent task: a node that failed
 * is not noticed.
 */
export function applier(api: () => Api): ResourceType {
  const apply = async (what: string) => {
    try {
      const upid = await api().call("PUT", "cluster/sdn");
      if (typeof upid !== "string" || !upid)
        throw new Error("SDN apply did not return a task UPID");
      await api()
        .task(upid)
        .catch((error: Error) => {
          throw new Error(`error waiting for SDN apply: ${error.message}`);
        });
    } catch (error) {
      const { message } = error as Error;
      throw new Error(
        `Unable to ${what} SDN Configuration: error applying SDN configuration: ${message}`,
      );
    }
  };
  const filled = { onCreate: true, onDestroy: true };
  return {
    check: (given) => given,
    diff: (state, _olds, news, ignored) =>
      difference(state, news, { inputs, replaces: () => false, defaults: filled }, ignored),
    preview: (news, state) => ({ ...filled, ...news, ...(state ? {} : { id: unknown }) }),
    async create(news) {
      if (news.onCreate !== false) await apply("Apply");
      return { id: String(Date.now()), outputs: { ...filled, ...news } };
    },
    async update(_id, news) {
      if (news.onCreate !== false) await apply("Re-Apply");
      return { ...filled, ...news };
    },
    // Nothing of it exists on the cluster, so there is nothing to read.
    read: (id, state, olds) => Promise.resolve({ id, outputs: state, inputs: olds }),
    async delete(_id, state) {
      if (state.onDestroy !== false) await apply("Re-Apply");
    },
  };
}

import { blockDrift } from "../plan/block-look";
import type { NodeEndpoint } from "../plan/types";
import { readFrrFiles } from "./frr-files";
import { Carried, changedKeys, Implementation } from "./implementation";
import { Login } from "./login";
import { SshError } from "./ssh";

/** Inputs of the look at one node's block. */
export interface ProbeInputs extends Carried {
  endpoint: NodeEndpoint;
  /** Whose block it is, as its markers say. */
  owner: string;
  /** Hash of the block's text. */
  block: string;
  /**
   * How often a block that had changed was put back. Counted by `check`, so that a preview knows it:
   * a new number makes the block's command run again.
   */
  repairs?: number;
  /** Put beside the inputs by a refresh that found the node to differ. */
  drift?: string;
}

export interface ProbeOutputs extends ProbeInputs {
  repairs: number;
  /** What the last refresh found; empty when nothing. */
  drift: string;
}

const FIELDS = ["endpoint", "owner", "block", "repairs"] as const;

const login = new Login();

const asOutputs = (inputs: ProbeInputs): ProbeOutputs => ({
  ...inputs,
  repairs: inputs.repairs ?? 0,
  drift: "",
});

async function look({ endpoint, owner, block }: ProbeInputs): Promise<string> {
  const files = await login.on(endpoint, readFrrFiles);
  return blockDrift(files, owner, block);
}

/**
 * The block's command never looks at the node again once it has run. This does, at a refresh: what it
 * finds goes into the inputs, where the next `check` counts one repair more.
 */
export const provider: Implementation<ProbeInputs, ProbeOutputs> = {
  configure: ({ config }) => login.configure(config),

  check: (olds, news) => {
    const { drift: _found, ...inputs } = news;
    const repairs = (olds.repairs ?? 0) + (olds.drift ? 1 : 0);
    return Promise.resolve({ inputs: { ...inputs, repairs } });
  },

  diff: (_id, olds, news) =>
    Promise.resolve({
      changes: changedKeys<ProbeInputs>(olds, news, FIELDS).length > 0 || olds.drift !== "",
    }),

  create: (inputs) => Promise.resolve({ id: inputs.endpoint.name, outs: asOutputs(inputs) }),

  async read(id, props) {
    const { drift: before, ...inputs } = props;
    const answer = (drift: string) => ({
      id,
      props: { ...props, drift },
      inputs: drift === "" ? inputs : { ...inputs, drift },
    });
    try {
      return answer(await look(props));
    } catch (error) {
      // A node that cannot be reached says nothing about its block.
      if (!(error instanceof SshError)) throw error;
      console.log(`could not look at the block: ${error.message}`);
      return answer(before);
    }
  },

  update: (_id, olds, news) => {
    if (olds.drift !== "") console.log(`${olds.endpoint.name}: ${olds.drift}; it is put back`);
    return Promise.resolve({ outs: asOutputs(news) });
  },

  delete: () => Promise.resolve(),
};

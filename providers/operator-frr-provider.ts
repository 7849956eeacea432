import { blockIn, withBlock, withoutBlock } from "../plan/operator-file";
import { Carried, changedKeys, Implementation } from "./implementation";
import { Login } from "./login";
import { readOperatorFile } from "./operator-frr-node";
import { OperatorNode, runOperatorLoad } from "./operator-frr-run";

/** Inputs of the blocks in the operator's frr.conf of all nodes. */
export interface OperatorFrrInputs extends Carried {
  nodes: OperatorNode[];
  /** Names of nodes that are dead: nothing contacts them. */
  retired: string[];
  /** Seconds that sessions and loopback routes may take to come back after a node's reload. */
  timeoutSeconds: number;
}

export interface OperatorFrrOutputs extends OperatorFrrInputs {
  /** Why the last load failed; empty when it did not. A failure makes a diff, so `up` tries again. */
  failure: string;
}

const ID = "operator-frr";
const login = new Login();
const common = {
  on: <T>(...args: Parameters<typeof login.on<T>>) => login.on(...args),
  say: (line: string) => console.log(line),
};

function failed(error: unknown, inputs: OperatorFrrInputs): Error {
  const failure = error instanceof Error ? error.message : String(error);
  const properties: OperatorFrrOutputs = { ...inputs, failure };
  return Object.assign(new Error(failure), { id: ID, properties, reasons: [failure] });
}

async function remove(nodes: OperatorNode[], timeoutSeconds: number): Promise<void> {
  await runOperatorLoad({
    ...common,
    nodes,
    timeoutSeconds,
    withEvpn: false,
    edit: (text, { block }) => withoutBlock(text, block.owner),
  });
}

/** Nodes that the config no longer names and that still live lose the block. */
function left(olds: OperatorFrrOutputs, news: OperatorFrrInputs): OperatorNode[] {
  const gone = new Set([...news.nodes.map(({ endpoint }) => endpoint.name), ...news.retired]);
  return olds.nodes.filter(({ endpoint }) => !gone.has(endpoint.name));
}

async function load(inputs: OperatorFrrInputs): Promise<OperatorFrrOutputs> {
  try {
    const { nodes, timeoutSeconds } = inputs;
    const edit = (text: string, { block }: OperatorNode) => withBlock(text, block);
    await runOperatorLoad({ ...common, nodes, timeoutSeconds, withEvpn: true, edit });
    return { ...inputs, failure: "" };
  } catch (error) {
    throw failed(error, inputs);
  }
}

export const provider: Implementation<OperatorFrrInputs, OperatorFrrOutputs> = {
  configure: ({ config }) => login.configure(config),
  check: (_olds, inputs) => Promise.resolve({ inputs }),

  diff: (_id, olds, news) => {
    const changed = changedKeys<OperatorFrrInputs>(olds, news, ["nodes", "retired"]);
    return Promise.resolve({ changes: changed.length > 0 || olds.failure !== "" });
  },

  create: async (inputs) => ({ id: ID, outs: await load(inputs) }),

  /** A block that Ansible overwrote is found here: what stands on the node differs from the plan. */
  async read(id, props) {
    const nodes = await Promise.all(
      props.nodes.map(async (node) => {
        const { text } = await login.on(node.endpoint, readOperatorFile);
        const found = blockIn(text, node.block.owner) ?? "";
        return { ...node, block: { ...node.block, text: found } };
      }),
    );
    const { failure, ...inputs } = { ...props, nodes };
    return { id, props: { ...inputs, failure }, inputs };
  },

  async update(_id, olds, news) {
    const outs = await load(news);
    await remove(left(olds, news), news.timeoutSeconds);
    return { outs };
  },

  delete: (_id, props) =>
    remove(
      props.nodes.filter(({ endpoint }) => !props.retired.includes(endpoint.name)),
      props.timeoutSeconds,
    ),
};

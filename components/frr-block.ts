import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { installScript, removeScript } from "../plan/block-scripts";
import { blockHash } from "../plan/block-look";
import { blockOwner } from "../plan/frr-block";
import { NodeEndpoint, StackIdentity } from "../plan/types";
import { BlockProbe } from "../providers/block-probe";

export interface FrrBlockArgs {
  identity: StackIdentity;
  endpoint: NodeEndpoint;
  /** Text of the node's block, markers included. Not secret: it is what a preview's diff shows. */
  block: string;
  /** SSH private key, kept secret in the state; absent: a key of the agent that SSH_AUTH_SOCK names. */
  privateKey?: pulumi.Input<string>;
  /** The node is left alone, now and when the stack is destroyed; `endpoint` is another node's. */
  retired?: boolean;
}

/** Everything that a command has: what it was for a node that is retired stays in the state. */
const ALL_INPUTS = ["connection", "create", "update", "delete", "stdin", "environment", "triggers"];

/**
 * The command of a retired node. It has to stay registered: a command that is taken out of the
 * program runs its `delete`, which would wait for a dead node. Its inputs are ignored in favour of
 * those in the state; only a stack that never had the node's block runs this, which does nothing.
 */
const NOTHING = { create: ":", delete: ":", stdin: "" };
const LEFT_ALONE = { ignoreChanges: ALL_INPUTS, retainOnDelete: true };

/** The command runs again when its text changes, and a comment is all that a repair has to change. */
const againScript = (script: string, repairs: number) =>
  repairs === 0 ? script : `${script}# Put back after a change on the node: ${repairs}\n`;

/**
 * One node's block in /etc/frr/frr.conf.local. No `triggers`: with them a changed block would be
 * created first and then removed by the old one's delete. A changed text is a changed `stdin`, which
 * runs the install script again.
 */
export class FrrBlock extends pulumi.ComponentResource {
  /** The resource that other resources wait for. */
  readonly command: command.remote.Command;
  /** How often the block was put back after somebody changed it on the node; 0 for a retired node. */
  readonly repairs: pulumi.Output<number>;

  constructor(name: string, args: FrrBlockArgs, opts?: pulumi.ComponentResourceOptions) {
    super("proxmox-evpn:index:FrrBlock", name, {}, opts);
    const { host, port, user, hostKey, name: node } = args.endpoint;
    const place = { identity: args.identity, node };
    this.repairs = args.retired ? pulumi.output(0) : this.probe(name, args);
    this.command = new command.remote.Command(
      `${name}-frr-conf-local`,
      {
        connection: {
          host,
          port,
          user,
          // Without a host key the command provider would connect to anybody; the program refuses an
          // update without one, so this is empty in a preview only.
          hostKey: hostKey || undefined,
          privateKey: args.privateKey,
        },
        ...(args.retired
          ? NOTHING
          : {
              create: this.repairs.apply((times) => againScript(installScript(place), times)),
              delete: removeScript(place),
              stdin: args.block,
            }),
      },
      { parent: this, ...(args.retired ? LEFT_ALONE : {}) },
    );
    this.registerOutputs({});
  }

  private probe(name: string, { endpoint, identity, block }: FrrBlockArgs): pulumi.Output<number> {
    const args = { endpoint, owner: blockOwner(identity), block: blockHash(block) };
    return new BlockProbe(`${name}-probe`, args, { parent: this }).repairs.apply(
      (times) => times ?? 0,
    );
  }
}

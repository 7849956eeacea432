import * as pulumi from "@pulumi/pulumi";
import type { ProbeInputs } from "./block-probe-provider";
import { stub } from "./dynamic-stub";

export type BlockProbeArgs = {
  [K in "endpoint" | "owner" | "block"]: pulumi.Input<ProbeInputs[K]>;
};

/** Looks at a refresh whether a node's block still stands as it was installed. */
export class BlockProbe extends pulumi.dynamic.Resource {
  /** How often the block had to be put back; known in a preview too. */
  declare readonly repairs: pulumi.Output<number | undefined>;

  constructor(name: string, args: BlockProbeArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { repairs: undefined, drift: undefined };
    super(stub("block-probe"), name, { ...outputs, ...args }, opts, "evpn", "BlockProbe");
  }
}

import * as pulumi from "@pulumi/pulumi";
import { stub } from "./dynamic-stub";
import type { ApplyInputs } from "./sdn-apply-provider";

export type SdnApplyArgs = {
  [K in keyof Omit<ApplyInputs, "__provider">]: pulumi.Input<ApplyInputs[K]>;
};

/** One apply of the cluster's SDN config, followed on every node. */
export class SdnApply extends pulumi.dynamic.Resource {
  /** UPID of the last apply. */
  declare readonly upid: pulumi.Output<string>;

  constructor(name: string, args: SdnApplyArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { upid: undefined, pending: undefined, differs: undefined, failure: undefined };
    super(stub("sdn-apply"), name, { ...outputs, ...args }, opts, "evpn", "SdnApply");
  }
}

import * as pulumi from "@pulumi/pulumi";
import { stub } from "./dynamic-stub";
import type { OperatorFrrInputs } from "./operator-frr-provider";

export type OperatorFrrArgs = {
  [K in keyof Omit<OperatorFrrInputs, "__provider">]: pulumi.Input<OperatorFrrInputs[K]>;
};

/** Our block in the operator's own frr.conf, loaded node after node once PVE has applied. */
export class OperatorFrr extends pulumi.dynamic.Resource {
  constructor(name: string, args: OperatorFrrArgs, opts?: pulumi.CustomResourceOptions) {
    super(stub("operator-frr"), name, { failure: undefined, ...args }, opts, "evpn", "OperatorFrr");
  }
}

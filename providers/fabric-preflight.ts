import * as pulumi from "@pulumi/pulumi";
import { stub } from "./dynamic-stub";
import type { PreflightInputs } from "./fabric-preflight-provider";

export type FabricPreflightArgs = {
  [K in keyof Omit<PreflightInputs, "__provider">]: pulumi.Input<PreflightInputs[K]>;
};

/** Looks at every node, and fails the update before its first change when something stands against it. */
export class FabricPreflight extends pulumi.dynamic.Resource {
  constructor(name: string, args: FabricPreflightArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { passed: undefined, findings: undefined, failure: undefined };
    super(stub("fabric-preflight"), name, { ...outputs, ...args }, opts, "evpn", "FabricPreflight");
  }
}

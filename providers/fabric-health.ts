import * as pulumi from "@pulumi/pulumi";
import type { Verified } from "../contract/types";
import { stub } from "./dynamic-stub";
import type { HealthInputs } from "./fabric-health-provider";

export type FabricHealthArgs = {
  [K in keyof Omit<HealthInputs, "__provider">]: pulumi.Input<HealthInputs[K]>;
};

/** Fails the update when the fabric does not carry packets. */
export class FabricHealth extends pulumi.dynamic.Resource {
  declare readonly verified: pulumi.Output<Verified>;

  constructor(name: string, args: FabricHealthArgs, opts?: pulumi.CustomResourceOptions) {
    const outputs = { verified: undefined, failure: undefined };
    super(stub("fabric-health"), name, { ...outputs, ...args }, opts, "evpn", "FabricHealth");
  }
}

import * as pulumi from "@pulumi/pulumi";
import { stub } from "./dynamic-stub";
import type { GuardInputs } from "./vnet-guard-provider";

export type VnetGuardArgs = {
  [K in keyof Omit<GuardInputs, "__provider">]: pulumi.Input<GuardInputs[K]>;
};

/** Stands before the removal of a VNet: cannot be deleted while running guests use it. */
export class VnetGuard extends pulumi.dynamic.Resource {
  constructor(name: string, args: VnetGuardArgs, opts?: pulumi.CustomResourceOptions) {
    super(stub("vnet-guard"), name, { ...args }, opts, "evpn", "VnetGuard");
  }
}

import * as pulumi from "@pulumi/pulumi";
import { stub } from "./dynamic-stub";
import type { ControllerInputs } from "./evpn-controller-provider";

export type EvpnControllerArgs = {
  [K in keyof Omit<ControllerInputs, "__provider">]: pulumi.Input<ControllerInputs[K]>;
};

/** The cluster's EVPN controller, made with `pvesh`: adopted when it exists, updated in place. */
export class EvpnController extends pulumi.dynamic.Resource {
  declare readonly controllerId: pulumi.Output<string>;
  /** Whether the controller stood there before this stack. */
  declare readonly adopted: pulumi.Output<boolean>;

  constructor(name: string, args: EvpnControllerArgs, opts?: pulumi.CustomResourceOptions) {
    super(
      stub("evpn-controller"),
      name,
      { adopted: undefined, ...args },
      opts,
      "evpn",
      "Controller",
    );
  }
}

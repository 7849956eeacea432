import * as fs from "node:fs";
import * as path from "node:path";
import { readPreview, type JsonObject, type Preview } from "../../../../cli/preview/document";

/**
 * What `pulumi preview --json --show-sames` printed on the lab for a VNet more and advertise-svi-ip,
 * without the dynamic providers' code.
 */
export const VNET_ADDED = fs.readFileSync(
  path.join(__dirname, "..", "..", "..", "fixtures", "preview", "vnet-added.json"),
  "utf8",
);

interface Step {
  op: string;
  urn: string;
  oldState?: { inputs: JsonObject };
  newState?: { inputs: JsonObject };
}

/** The recorded preview, changed. */
export function changedPreview(change: (steps: Step[]) => Step[]): Preview {
  const document = JSON.parse(VNET_ADDED) as { steps: Step[] };
  return readPreview(JSON.stringify({ ...document, steps: change(document.steps) }), "test");
}

export const vnetAdded = () => changedPreview((steps) => steps);

/** Nothing of it changes. */
export const unchanged = () =>
  changedPreview((steps) =>
    steps.flatMap((step) =>
      step.oldState && step.op !== "replace"
        ? [{ ...step, op: "same", newState: step.oldState }]
        : step.oldState
          ? [{ ...step, op: "same" }]
          : [],
    ),
  );

const machineInputs = (bridge: string, vlanId: number) => ({
  nodeName: "pve02",
  vmId: 1012,
  networkDevices: [{ bridge, vlanId, mtu: 1450 }],
});

/** A consumer that makes one machine anew, as a replacement that deletes first: three steps. */
export function machineReplaced(): Preview {
  const urn = "urn:pulumi:lab::vm-cluster::proxmoxve:index/vmLegacy:VmLegacy::talos-101-2";
  const state = {
    oldState: { inputs: machineInputs("vmbr0", 101) },
    newState: { inputs: machineInputs("vnet101", 0) },
  };
  const steps = ["delete-replaced", "replace", "create-replacement"].map((op) => ({
    op,
    urn,
    ...state,
  }));
  return readPreview(JSON.stringify({ steps }), "test");
}

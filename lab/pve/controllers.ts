import type { Call } from "./call";
import type { SdnObject, SdnObjects } from "./state";

/** PVE's rules for an EVPN controller beyond its schema: one a cluster, and where its peers come from. */
export function checkController(
  call: Call,
  id: string,
  controller: SdnObject,
  others: SdnObjects,
): void {
  const { files } = call;
  onlyEvpn(call, "controller", controller);
  const another = Object.keys(others).some((other) => other !== id);
  if (another) {
    throw files.failureAt(
      "only 1 global evpn controller can be defined",
      files.data.lines.onlyOneEvpn,
    );
  }
  if (!files.data.controllerOptions.optional.includes("fabric")) return;
  if ((controller.peers === undefined) === (controller.fabric === undefined)) {
    throw files.failureAt(
      "must have exactly one of peers / fabric defined",
      files.data.lines.peersOrFabric,
    );
  }
  if (controller.fabric !== undefined) {
    throw files.failure(`fabric '${String(controller.fabric)}' does not exist`);
  }
}

/** Refuses while a zone names the controller. */
export function checkControllerUnused(call: Call, id: string): void {
  const { files } = call;
  for (const [zone, { controller }] of Object.entries(files.read("zones"))) {
    if (controller !== id) continue;
    throw files.failureAt(`controller ${id} is used by ${zone}`, files.data.lines.controllerUsed);
  }
}

/** The stand-in's own limit, said as such: it has EVPN and nothing else of PVE's SDN. */
export function onlyEvpn(call: Call, what: string, object: SdnObject): void {
  if (object.type === "evpn") return;
  throw call.files.failure(
    `the lab's PVE stand-in knows no ${what} of type '${String(object.type)}', only 'evpn'`,
  );
}

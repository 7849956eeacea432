import { z } from "zod";
import type { NodeEndpoint } from "../plan/types";
import { Carried, changedKeys, Implementation } from "./implementation";
import { Login } from "./login";
import { Pvesh, PveshError } from "./pvesh";
import { hasSdnLock } from "./sdn-lock";

/** Inputs of an EVPN controller. */
export interface ControllerInputs extends Carried {
  controllerId: string;
  /** AS number, 1 to 4294967295. */
  asn: number;
  /** VTEP addresses of all nodes. */
  peers: string[];
  /** Node whose pvesh is used. */
  entry: NodeEndpoint;
  /** keep: a controller that stood there before stays on destroy. */
  adoptedOnDestroy: "keep" | "delete";
  /** operator: it stays on destroy where Proxmox VE would replace an operator's frr.conf without it. */
  frrOwner: "proxmox" | "operator";
}

export interface ControllerOutputs extends ControllerInputs {
  /** Whether the controller stood there before this stack. */
  adopted: boolean;
}

/** A controller as PVE lists it. Old versions give numbers as text. */
const controllerSchema = z.looseObject({
  controller: z.string(),
  type: z.string(),
  asn: z.coerce.number().optional(),
  peers: z.string().optional(),
  digest: z.string().optional(),
});
type Controller = z.infer<typeof controllerSchema>;

const PATH = "/cluster/sdn/controllers";
const FIELDS = ["controllerId", "asn", "peers", "entry", "adoptedOnDestroy", "frrOwner"] as const;

const peersOf = (controller: Controller) =>
  (controller.peers ?? "").split(/[\s,;]+/).filter((peer) => peer !== "");

async function list(pvesh: Pvesh): Promise<Controller[]> {
  return pvesh.read(PATH, z.array(controllerSchema));
}

function find(controllers: Controller[], id: string): Controller | undefined {
  return controllers.find((controller) => controller.controller === id);
}

/** PVE allows one EVPN controller in a cluster; its own message does not say which one is there. */
function refuseOthers(controllers: Controller[], inputs: ControllerInputs): void {
  const other = controllers.find(
    ({ type, controller }) => type === "evpn" && controller !== inputs.controllerId,
  );
  if (!other) return;
  throw new Error(
    `The cluster has another EVPN controller, '${other.controller}' (asn ${other.asn}, peers ${other.peers ?? "none"}), and Proxmox VE allows one. ` +
      `Either set controller.id: ${other.controller} to adopt it, or remove it with \`pvesh delete ${PATH}/${other.controller}\` when no zone uses it.`,
  );
}

function isAsPlanned(controller: Controller, inputs: ControllerInputs): boolean {
  return controller.asn === inputs.asn && peersOf(controller).join() === inputs.peers.join();
}

const valuesText = (asn: unknown, peers: string) => `asn ${String(asn)}, peers ${peers || "none"}`;

/** Writes asn and peers where they differ, and says so; the digest guards against an edit in between. */
async function align(
  pvesh: Pvesh,
  controller: Controller,
  inputs: ControllerInputs,
): Promise<void> {
  if (isAsPlanned(controller, inputs)) return;
  const { controllerId, asn, peers } = inputs;
  const before = valuesText(controller.asn, peersOf(controller).join(","));
  console.log(`controller '${controllerId}': ${before} -> ${valuesText(asn, peers.join(","))}`);
  await pvesh.write("set", `${PATH}/${controllerId}`, {
    asn,
    peers: peers.join(","),
    digest: controller.digest,
  });
}

const login = new Login();

/** Another one follows the one that is deleted, before the next apply. */
let isReplaced = false;

/**
 * From 9.0 on an apply without any controller replaces frr.conf by an empty one, an operator's too, and
 * the mesh would go down. With the controller Proxmox VE finds no router id and leaves the file alone.
 */
async function mustStay(pvesh: Pvesh, id: string, frrOwner: string): Promise<boolean> {
  if (frrOwner !== "operator" || isReplaced || !(await hasSdnLock(pvesh))) return false;
  console.log(
    `controller '${id}' stays: without any, Proxmox VE would put an empty file in the place`,
  );
  console.log(
    "of your /etc/frr/frr.conf on every node at the next apply. An `up` adopts it again.",
  );
  return true;
}

/** Aligns the controller of the given id, or creates it. @returns whether it was there before */
async function ensure(inputs: ControllerInputs): Promise<boolean> {
  return login.on(inputs.entry, async (session) => {
    const pvesh = new Pvesh(session);
    const controllers = await list(pvesh);
    refuseOthers(controllers, inputs);
    const existing = find(controllers, inputs.controllerId);
    if (existing && existing.type !== "evpn") {
      throw new Error(
        `The cluster's controller '${inputs.controllerId}' is of type ${existing.type}, not evpn. Set another controller.id.`,
      );
    }
    if (existing) {
      await align(pvesh, existing, inputs);
      return true;
    }
    await pvesh.write("create", PATH, {
      controller: inputs.controllerId,
      type: "evpn",
      asn: inputs.asn,
      peers: inputs.peers.join(","),
    });
    return false;
  });
}

const zonesSchema = z.array(z.looseObject({ zone: z.string(), controller: z.string().optional() }));

/** PVE refuses too, but names the first zone alone. */
async function refuseUsed(pvesh: Pvesh, id: string): Promise<void> {
  const zones = await pvesh.read("/cluster/sdn/zones", zonesSchema);
  const users = zones.filter(({ controller }) => controller === id).map(({ zone }) => zone);
  if (users.length === 0) return;
  throw new Error(
    `The EVPN controller '${id}' is used by ${users.length === 1 ? "zone" : "zones"} ${users.join(", ")}, which this stack did not make or could not remove. ` +
      "Remove them or give them another controller, then run this again; `pulumi state delete` leaves the controller where it is.",
  );
}

export const provider: Implementation<ControllerInputs, ControllerOutputs> = {
  configure: ({ config }) => {
    isReplaced = false;
    return login.configure(config);
  },

  check: (_olds, inputs) => Promise.resolve({ inputs }),

  diff: (_id, olds, news) => {
    const changed = changedKeys<ControllerInputs>(olds, news, FIELDS);
    isReplaced ||= changed.includes("controllerId");
    return Promise.resolve({
      changes: changed.length > 0,
      replaces: changed.includes("controllerId") ? ["controllerId"] : [],
      // PVE allows one EVPN controller, so the old one has to go first.
      deleteBeforeReplace: true,
    });
  },

  async create(inputs) {
    const adopted = await ensure(inputs);
    if (adopted) console.log(`controller '${inputs.controllerId}' was there before and is adopted`);
    return { id: inputs.controllerId, outs: { ...inputs, adopted } };
  },

  async read(id, props) {
    const found = await login.on(props.entry, async (session) =>
      find(await list(new Pvesh(session)), id),
    );
    if (!found) return { id: "" };
    const actual = { ...props, asn: found.asn ?? props.asn, peers: peersOf(found) };
    const { adopted: _adopted, ...inputs } = actual;
    return { id, props: actual, inputs };
  },

  async update(_id, olds, news) {
    await ensure(news);
    return { outs: { ...news, adopted: olds.adopted } };
  },

  async delete(id, props) {
    if (props.adopted && props.adoptedOnDestroy === "keep") {
      console.log(
        `controller '${id}' was there before this stack and stays (destroy.adopted: keep)`,
      );
      return;
    }
    await login.on(props.entry, async (session) => {
      const pvesh = new Pvesh(session);
      await refuseUsed(pvesh, id);
      if (await mustStay(pvesh, id, props.frrOwner)) return;
      try {
        await pvesh.write("delete", `${PATH}/${id}`);
      } catch (error) {
        // Somebody else was faster: what was asked for is true.
        if (!(error instanceof PveshError && error.notFound)) throw error;
      }
    });
  },
};

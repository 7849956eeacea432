import type { NodeEndpoint } from "../plan/types";
import { GuestOnVnet, runningGuests } from "./guests";
import { Carried, changedKeys, Implementation } from "./implementation";
import { Login } from "./login";
import { Pvesh } from "./pvesh";

/** Inputs of a VNet's guard. */
export interface GuardInputs extends Carried {
  /** Id of the VNet, from the VNet's outputs: when the VNet is to be replaced, the guard goes first. */
  vnet: string;
  /** Node whose pvesh is used. */
  entry: NodeEndpoint;
  /** The VNet goes although guests use it. */
  force: boolean;
}

const login = new Login();

/** One look serves the guards that go together; guests that start later are not seen by any look. */
const LOOK_MS = 20_000;
let look: { at: number; guests: Promise<GuestOnVnet[]> } | undefined;

function guestsNow(entry: NodeEndpoint): Promise<GuestOnVnet[]> {
  if (look === undefined || Date.now() - look.at > LOOK_MS) {
    const guests = login.on(entry, (session) => runningGuests(new Pvesh(session)));
    look = { at: Date.now(), guests };
    guests.catch(() => (look = undefined));
  }
  return look.guests;
}

function inUse(vnet: string, guests: readonly GuestOnVnet[]): Error {
  const names = guests.map(
    ({ name, kind, vmid, node }) => `  ${name} (${kind} ${vmid} on ${node})`,
  );
  return new Error(
    [
      `VNet ${vnet} is used by running guests, which would lose their network:`,
      ...names,
      "Stop them or move them to another network and run this again; or set destroy.force: true,",
      "run `pulumi up` so that the stack knows it, and then run this again.",
    ].join("\n"),
  );
}

export const provider: Implementation<GuardInputs, GuardInputs> = {
  configure: ({ config }) => login.configure(config),
  check: (_olds, inputs) => Promise.resolve({ inputs }),
  diff: (_id, olds, news) => {
    const changed = changedKeys<GuardInputs>(olds, news, ["vnet", "entry", "force"]);
    const replaces = changed.includes("vnet") ? ["vnet"] : [];
    return Promise.resolve({ changes: changed.length > 0, replaces, deleteBeforeReplace: true });
  },
  create: (inputs) => Promise.resolve({ id: inputs.vnet, outs: inputs }),
  read: (id, props) => Promise.resolve({ id, props, inputs: props }),
  update: (_id, _olds, news) => Promise.resolve({ outs: news }),
  async delete(_id, { vnet, entry, force }) {
    if (force) return;
    const users = (await guestsNow(entry)).filter(({ vnets }) => vnets.includes(vnet));
    if (users.length > 0) throw inUse(vnet, users);
  },
};

import * as proxmoxve from "@muhlba91/pulumi-proxmoxve";
import * as pulumi from "@pulumi/pulumi";
import { ContractError, readNetworks, type Networks } from "../../contract/reader";
import { attachmentOf, checkMachines } from "./attachment";
import { makeMachine } from "./machine";
import { loadSettings, type Settings } from "./settings";

/** Of a token's form, for previews: nothing is contacted there. */
const NO_TOKEN = "preview@pve!none=00000000-0000-0000-0000-000000000000";

async function fabricNetworks({ fabric, network }: Settings): Promise<Networks | undefined> {
  if (fabric === undefined) return undefined;
  try {
    return await readNetworks(new pulumi.StackReference(fabric));
  } catch (error) {
    // The way back to VLANs must not need the fabric that one leaves.
    if (network.use_sdn || !(error instanceof ContractError)) throw error;
    pulumi.log.warn(`The fabric is not read, since use_sdn is false: ${error.message}`);
    return undefined;
  }
}

function providerOf({ api }: Settings, config: pulumi.Config): proxmoxve.Provider {
  const token = config.getSecret("apiToken");
  // The plugin reads that variable itself.
  if (token === undefined && process.env.PROXMOX_VE_API_TOKEN) {
    return new proxmoxve.Provider("pve", { ...api });
  }
  if (token === undefined && !pulumi.runtime.isDryRun()) {
    throw new Error("`pulumi config set --secret apiToken` first: USER@REALM!ID=UUID");
  }
  return new proxmoxve.Provider("pve", { ...api, apiToken: token ?? NO_TOKEN });
}

async function cluster() {
  const settings = loadSettings();
  const attachment = attachmentOf(settings.network, await fabricNetworks(settings));
  checkMachines(settings.machines, attachment);
  attachment.warnings.forEach((warning) => void pulumi.log.warn(warning));
  const provider = providerOf(settings, new pulumi.Config());
  const machines = settings.machines.map((machine) => {
    makeMachine(machine, attachment, settings.hardware, provider);
    return [machine.name, { node: machine.node, ...attachment.addresses(machine.host) }] as const;
  });
  return {
    attachment: attachment.kind,
    bridge: attachment.public.bridge,
    mtu: attachment.public.mtu,
    machines: Object.fromEntries(machines),
  };
}

/** A mistake ends as its message: a stack trace would say nothing more. */
module.exports = async () => {
  try {
    return await cluster();
  } catch (error) {
    throw error instanceof Error ? new pulumi.RunError(error.message) : error;
  }
};

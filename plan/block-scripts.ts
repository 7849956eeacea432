import { blockOwner } from "./frr-block";
import { renderTemplate } from "./template";
import { StackIdentity } from "./types";

export interface BlockPlace {
  identity: StackIdentity;
  /** The node's name, for its messages. */
  node: string;
  /** FRR's folder on the node. */
  folder?: string;
}

function render(file: string, { identity, node, folder = "/etc/frr" }: BlockPlace): string {
  const variables = { owner: blockOwner(identity), node, folder };
  return renderTemplate("frr-block-prelude.sh.njk", variables) + renderTemplate(file, variables);
}

/**
 * Shell script (POSIX, root) that installs the block given on standard input: stage in FRR's folder,
 * check with the node's own `vtysh -C`, move in atomically; the text before stays beside it as
 * `frr.conf.local.before-proxmox-evpn`. Lines of others stay where they are. Idempotent, because a
 * changed connection runs it again. It fails, and leaves the old text, when FRR refuses a line, the block
 * arrives incomplete, nothing can be written, or the markers are broken or another stack's; the message
 * names node and line.
 */
export function installScript(place: BlockPlace): string {
  return render("frr-block-install.sh.njk", place);
}

/** Shell script that takes the block out again; the file goes when it held nothing else. Idempotent. */
export function removeScript(place: BlockPlace): string {
  return render("frr-block-remove.sh.njk", place);
}

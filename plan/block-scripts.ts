import { blockOwner } from "./frr-block";
import { renderTemplate } from "./template";
import { StackIdentity } from "./types";

function render(file: string, identity: StackIdentity): string {
  return renderTemplate(file, { owner: blockOwner(identity) });
}

/**
 * Shell script that installs the block given on standard input: stage in FRR's folder, check with the
 * node's own `vtysh -C`, move in atomically. Idempotent, because a changed connection runs it again.
 */
export function installScript(identity: StackIdentity): string {
  return render("frr-block-install.sh.njk", identity);
}

/** Shell script that takes the block out again; the file goes when it held nothing else. Idempotent. */
export function removeScript(identity: StackIdentity): string {
  return render("frr-block-remove.sh.njk", identity);
}

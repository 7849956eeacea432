import { CATALOGUE, CHECK_NAMES } from "./catalogue";

/** Checks that give a warning where the thing is not wrong enough to stop an update. */
const SOMETIMES: Partial<Record<(typeof CHECK_NAMES)[number], string>> = {
  "pve-version": "warning for a release that was not looked at, and for nodes of different ones",
  members: "warning for a member that the config does not name, and for a retired node that lives",
  "mesh-interface": "warning while another mesh interface of the node is up",
  "underlay-mtu": "warning when it fits, but differs from `fabric.underlayMtu`",
  "rp-filter": "warning where the node is no exit, or no subnet is IPv4",
  loopback: "warning for the loopback that is not the VTEP",
  "frr-conf": "warning in a file that Proxmox VE writes already, and with `frr.discardExisting`",
  "zone-guests": "warning with destroy.force",
  controller: "warning for a BGP or IS-IS controller beside it",
  "sdn-ids": "warning when only the node's missing block tells that a zone is somebody else's",
  pending: "warning with `apply.foreignPending: include`",
};

const cell = (text: string) => text.replaceAll("|", "\\|");

/** Text of docs/preflight.md, made from the catalogue that the findings are made from. */
export function preflightReference(): string {
  const rows = CHECK_NAMES.map((name) => {
    const { severity, looksAt, why, remedy } = CATALOGUE[name];
    const also = SOMETIMES[name];
    return `| \`${name}\` | ${severity}${also ? `; ${also}` : ""} | ${cell(looksAt)} | ${cell(why)} | ${cell(remedy)} |`;
  });
  return `<!-- Made by \`npm run docs:preflight\` from verify/preflight/catalogue.ts. -->

# Preflight

Before the first change of an update the program looks at all nodes in parallel, over one SSH connection each, and at the cluster. All findings are shown at once. An error stops the update: nothing was changed. A warning is shown, and the update goes on.

\`npm run -s evpn -- preflight --stack NAME [--json]\` does the same at any time and ends with 0 (no errors), 1 (errors) or 2 (could not look). It changes nothing. To learn whether Proxmox VE's SDN lock is held it sends one write that cannot succeed, because no call reads the lock.

The preflight runs in every \`pulumi up\` in which the config or the plan has changed, and again after one that it stopped. \`pulumi refresh\` looks too, so that an \`up\` that only repairs drift is preceded by a look. A preview contacts nobody.

| check | severity | looks at | otherwise | remedy |
|---|---|---|---|---|
${rows.join("\n")}

## A node that is dead

A node that does not answer stops the update with its name (\`ssh\`). If it will not come back, mark it:

\`\`\`yaml
proxmox-evpn:nodes:
  - name: pve03
    retired: true # the other settings stay
\`\`\`

From then on nothing contacts it and nobody waits for it: it is no peer and no exit node, and \`pulumi destroy\` leaves it alone too. Should it come back to life, it still has what it had. Before it carries traffic again either take \`retired\` out and run \`pulumi up\`, or clean it by hand: take the lines between \`! BEGIN proxmox-evpn\` and \`! END proxmox-evpn\` out of \`/etc/frr/frr.conf.local\`, then apply the SDN config once. A node that was taken out of the cluster (\`pvecm delnode\`) and is gone for good may leave the config after one update as \`retired\`.
`;
}

import { CauseId, CAUSES } from "../../verify/causes";
import { CHECKS } from "../../verify/row";
import { CHAPTERS, Fault } from "./fault";
import { FAULTS } from "./table";

/** Causes that no fault of the table has: tested on recorded observations, told of all the same. */
const OTHERS = (Object.keys(CAUSES) as CauseId[]).filter(
  (cause) => !FAULTS.some((fault) => fault.cause === cause),
);

const code = (text: string) => `\`${text}\``;
const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function section({ title, symptom, fails, cause, follows }: Fault): string[] {
  const rows = fails.map(code).join(" and ");
  return [
    `### ${title}`,
    "",
    `- **What you see:** ${symptom}.`,
    `- **\`evpn verify\` blames:** ${rows} (in the lab), cause ${code(cause)}.` +
      (follows
        ? ` What follows from it is not blamed, for example ${code(follows[0] ?? "")}.`
        : ""),
    `- **Likely:** ${CAUSES[cause].text}.`,
    `- **Mend:** ${CAUSES[cause].mend}.`,
    "",
  ];
}

const HEAD = `# Troubleshooting

Run \`npm run -s evpn -- verify --stack NAME\` first. It looks at every node, names the failing checks with their likely cause, and does not blame what merely follows from another failure ([ADR 0016](adr/0016-causes-and-consequences.md)).

This page is made from the table of faults that a test provokes on the lab, one after the other (\`npm run docs:troubleshooting\`): each of them was broken on purpose, found on the right node with this cause, and mended.
`;

/** Where the commands of the document that this project began with went. */
const OLD_HABITS = `## By hand

| the habit | what does it now |
|---|---|
| \`vtysh -c "show bgp l2vpn evpn summary"\` | check \`neighbor\` |
| \`vtysh -c "show running-config"\` | checks \`block\` and \`frr-config\`, against the files on disk |
| \`vtysh -c "show bgp l2vpn evpn neighbors"\` | checks \`underlay\`, \`path\` and \`neighbor\`; the row names the command with its neighbor |
| \`pvesh get /cluster/sdn/controllers/frr\` | checks \`pending\` and \`vnet\`; \`pulumi refresh\` for the controller itself |
| \`pvesh set /cluster/sdn\` to see the reload's status | checks \`zone\` and \`vxlan\`; an apply reads each node's own reload |
| \`ip -d link show type vxlan\` | check \`vxlan\` |
| \`qm config VMID \\| grep net\` | check \`guest\` |
| \`ping6\` of the gateway from the VM | checks \`gateway\`, \`gateway-mac\` and \`vrf\`: what has to stand for it to answer |
| \`vtysh -c "show bgp l2vpn evpn route type 2"\` | check \`type-2\` |
| VNet MTU 1450, VM MTU at most that | checks \`mtu\`, \`vxlan\` and \`guest\` |
`;

function others(): string[] {
  return [
    "## Causes of other failures",
    "",
    "| cause | likely | mend |",
    "|---|---|---|",
    ...OTHERS.map(
      (cause) => `| ${code(cause)} | ${sentence(CAUSES[cause].text)} | ${CAUSES[cause].mend} |`,
    ),
    "",
  ];
}

function checks(): string[] {
  return [
    "## All checks",
    "",
    "| check | looks at |",
    "|---|---|",
    ...Object.entries(CHECKS).map(([name, what]) => `| ${code(name)} | ${what} |`),
    "",
  ];
}

/** The text of docs/troubleshooting.md. */
export function troubleshootingText(): string {
  const chapters = Object.entries(CHAPTERS).flatMap(([chapter, heading]) => [
    `## ${heading}`,
    "",
    ...FAULTS.filter((fault) => fault.chapter === chapter).flatMap(section),
  ]);
  return [HEAD, OLD_HABITS, ...chapters, ...others(), ...checks()].join("\n");
}

import {
  isForeignDefault,
  isHeader,
  placeText,
  readStatements,
  Statement,
} from "../../plan/frr-statements";
import { blockHash } from "../intent";
import type { NodeExpectation } from "../expect";
import type { Observation } from "../observation";
import { compare, fail, pass, Row, RowBase, skip } from "../row";

/** Always different between a file and what runs, and of no effect on packets. */
const IGNORED = /^(frr version|frr defaults|hostname|log |service |line vty|password|enable)/;

const SHOWN = 3;

/** FRR prints several targets on one line or on several, by version. */
function split(statement: Statement): Statement[] {
  const [, word, values] =
    /^(route-target (?:import|export|both)) (.+)$/.exec(statement.text) ?? [];
  if (word === undefined || values === undefined) return [statement];
  return values.split(" ").map((value) => ({ ...statement, text: `${word} ${value}` }));
}

/** Where FRR's own text and ours differ in form: `remote-as internal` is shown as it was written. */
const keyOf = ({ place, text }: Statement) => `${placeText(place)} > ${text}`;

/** What a statement sets, without the value: `neighbor MESH remote-as`. */
const settingOf = (statement: Statement) => keyOf(statement).replace(/ \S+$/, "");

/** A config as a set: FRR shows lines in its own order. Headers count by what stands in them. */
export function statementSet(text: string): Map<string, Statement> {
  const statements = readStatements(text)
    .filter((statement) => !isHeader(statement) && !IGNORED.test(statement.text))
    .flatMap(split);
  return new Map(statements.map((statement) => [keyOf(statement), statement]));
}

/** A password never leaves the node in a message. */
const masked = (text: string) => text.replace(/(password|key) \S+.*/, "$1 …");

function listed(statements: Statement[]): string {
  const shown = statements
    .slice(0, SHOWN)
    .map(({ place, text }) => `\`${masked(text)}\` in ${placeText(place)}`);
  const more = statements.length - shown.length;
  return shown.join("; ") + (more > 0 ? ` and ${more} more` : "");
}

/** The text between a stack's markers, markers included; empty when it is not there. */
export function blockOf(file: string, owner: string): string {
  const begin = file.indexOf(`! BEGIN proxmox-evpn ${owner}\n`);
  const marker = `! END proxmox-evpn ${owner}`;
  const end = file.indexOf(marker, begin);
  return begin < 0 || end < 0 ? "" : file.slice(begin, end + marker.length);
}

/** The block: as rendered in its file, and every line of it in what FRR runs. */
export function checkBlock(expected: NodeExpectation, observed: Observation): Row[] {
  const { node, block, asn } = expected;
  const inOperators = block.file === "frr.conf";
  const file = inOperators ? observed.frrConf.replaceAll("\r", "") : observed.frrConfLocal;
  const text = blockOf(file, block.owner);
  const running = statementSet(observed.runningConfig);
  // In an operator's file the block begins inside `router bgp`.
  const statements = statementSet(inOperators ? `router bgp ${asn}\n${text}` : text);
  const lacking = [...statements].flatMap(([key, each]) => (running.has(key) ? [] : [each]));
  const runs: RowBase = { check: "block", node, subject: "running config", expected: "all lines" };
  return [
    compare(
      { check: "block", node, subject: block.file, expected: "as rendered" },
      text === "" ? "no block" : blockHash(text) === block.hash ? "as rendered" : "another text",
      "block-on-disk",
      inOperators ? "cat /etc/frr/frr.conf" : "cat /etc/frr/frr.conf.local; evpn diff-frr",
    ),
    lacking.length === 0
      ? pass(runs)
      : fail(
          runs,
          `lacks ${listed(lacking)}`,
          "block-not-running",
          "vtysh -c 'show running-config'",
        ),
  ];
}

/** What makes or breaks sessions and routes; other lines that FRR shows may be its version's defaults. */
const TELLING = /^(no )?(neighbor|route-target|rd|vni|advertise|flooding|shutdown)\b/;
const isTelling = (text: string) => TELLING.test(text) && !isForeignDefault(text);

/** What FRR runs is what Proxmox VE wrote to /etc/frr/frr.conf: nobody has changed it with vtysh. */
export function checkFrrConfig(expected: NodeExpectation, observed: Observation): Row[] {
  const base: RowBase = {
    check: "frr-config",
    node: expected.node,
    subject: "running config",
    expected: "as /etc/frr/frr.conf",
  };
  if (expected.block.file === "frr.conf") return [skip(base, "frr.conf is the operator's")];
  const file = statementSet(observed.frrConf);
  const block = statementSet(blockOf(observed.frrConfLocal, expected.block.owner));
  const running = statementSet(observed.runningConfig);
  const lacking = [...file].flatMap(([key, each]) =>
    running.has(key) || block.has(key) ? [] : [each],
  );
  // A line of the block that somebody gave another value is the block's failure, and one is enough.
  const changed = new Set(
    [...block].flatMap(([key, each]) => (running.has(key) ? [] : [settingOf(each)])),
  );
  const extra = [...running].flatMap(([key, each]) =>
    !file.has(key) && isTelling(each.text) && !changed.has(settingOf(each)) ? [each] : [],
  );
  if (lacking.length + extra.length === 0) return [pass(base)];
  const seen = [
    ...(lacking.length > 0 ? [`lacks ${listed(lacking)}`] : []),
    ...(extra.length > 0 ? [`has ${listed(extra)} beside it`] : []),
  ].join("; ");
  const look = "/usr/lib/frr/frr-reload.py --test --stdout /etc/frr/frr.conf";
  return [fail(base, seen, "config-not-running", look)];
}

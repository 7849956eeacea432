import * as fs from "node:fs";
import * as path from "node:path";
import { CAUSES } from "../../../verify/causes";
import { jsonDocuments } from "../../../verify/json-text";
import { failureReport, nodeTable, remarks } from "../../../verify/report";
import { CHECKS, Row } from "../../../verify/row";
import {
  couldNotLook,
  schemaText,
  verdictDocument,
  verdictSchema,
} from "../../../verify/verdict-schema";
import { judge } from "../../../verify/verify";
import { labIntent, recorded } from "../../fixtures/observations";

const intent = labIntent();

function broken() {
  const observed = recorded();
  observed.pve02.daemons = ["zebra", "bfdd"];
  observed.pve02.summaries = {};
  return { rows: judge(intent, { nodes: new Map(Object.entries(observed)) }) };
}

it("docs/verify.schema.json is the schema of what is printed (npm run docs:verify)", () => {
  const published = path.join(__dirname, "../../../docs/verify.schema.json");
  expect(fs.readFileSync(published, "utf8")).toBe(schemaText());
});

it("the document keeps to its schema, with failures and consequences", () => {
  const document = verdictDocument("lab", new Date(0), broken());
  expect(verdictSchema.strict().parse(JSON.parse(JSON.stringify(document)))).toEqual(
    JSON.parse(JSON.stringify(document)),
  );
  expect(document.sound).toBe(false);
  expect(document.counts.fail).toBe(1);
  expect(document.counts.warn).toBe(4);
});

it("the report shows the root with cause, command and remedy, and only counts what follows", () => {
  const report = failureReport(broken());
  expect(report).toMatch(/1 of \d+ checks fail, and \d+ more that follow from them:/);
  expect(report).toContain("pve02 daemon bgpd: expected runs; observed stopped");
  expect(report).toContain(`Likely: ${CAUSES["daemon-stopped"].text}.`);
  expect(report).toContain("Look: pve02: systemctl status frr");
  expect(report).not.toContain("neighbor");
});

it("the table has a line for each check and a column for each node", () => {
  const table = nodeTable(broken());
  expect(table).toMatch(/^check +pve01 +pve02 +pve03$/m);
  expect(table).toMatch(/^daemon +3\/3 +2\/3 FAIL +3\/3 /m);
  expect(table).toMatch(/^neighbor +2\/2 +0\/2 follows +2\/2 /m);
});

it("a row that is skipped says why", () => {
  const rows: Row[] = [
    {
      check: "guest",
      node: "pve01",
      subject: "guests",
      expected: "x",
      observed: "not looked at",
      status: "skip",
      reason: "there are none",
    },
  ];
  expect(remarks({ rows })).toEqual(["skip pve01 guest guests: there are none"]);
  expect(nodeTable({ rows })).toMatch(/^guest +skip +/m);
});

describe("a node that cannot be reached", () => {
  const unreachable = (lost: boolean) => {
    const observed = recorded();
    if (lost) {
      const peer = observed.pve01.summaries.l2VpnEvpn?.peers["10.255.0.3"];
      if (peer) peer.state = "Active";
    }
    const nodes = new Map(
      Object.entries({
        ...observed,
        pve03: { reason: "no SSH connection", cause: "node-unreachable" as const },
      }),
    );
    return { rows: judge(intent, { nodes }) };
  };

  it("and that nobody misses: could not look", () => {
    const failed = unreachable(false).rows.filter(({ status }) => status === "fail");
    expect(failed.map(({ node, check }) => [node, check])).toEqual([["pve03", "node"]]);
    expect(couldNotLook(unreachable(false))).toBe(true);
  });

  it("and whose sessions are gone: the fabric fails, and the node is blamed alone", () => {
    const verdict = unreachable(true);
    const failed = verdict.rows.filter(({ status }) => status === "fail");
    expect(failed.map(({ node, check }) => [node, check])).toEqual([["pve03", "node"]]);
    expect(couldNotLook(verdict)).toBe(false);
  });
});

it("finds JSON documents between lines that are none", () => {
  const text = '{"a":"}{"}\n% Unknown command\n[{"b":"\\""}]\n{"c":\n[1]}';
  expect(jsonDocuments(text)).toEqual([{ a: "}{" }, [{ b: '"' }], { c: [1] }]);
});

it("every check and every cause is in use", () => {
  const sources = fs
    .readdirSync(path.join(__dirname, "../../../verify/checks"))
    .map((file) => fs.readFileSync(path.join(__dirname, "../../../verify/checks", file), "utf8"))
    .concat(fs.readFileSync(path.join(__dirname, "../../../verify/verify.ts"), "utf8"))
    .join("\n");
  const unused = [...Object.keys(CHECKS), ...Object.keys(CAUSES)].filter(
    (name) => !sources.includes(`"${name}"`),
  );
  expect(unused).toEqual([]);
});

describe("with a node retired", () => {
  /** pve01's link to the dead node has no carrier and no session. */
  function withoutPve03(change: (links: { flags: string[] }) => void = () => undefined) {
    const { pve01, pve02 } = recorded();
    const link = pve01.links.find(({ ifname }) => ifname === "enp1s0f1np1");
    if (!link) throw new Error("the recording has no such link");
    link.flags = link.flags.filter((flag) => flag !== "LOWER_UP");
    change(link);
    for (const family of [pve01.summaries.ipv4Unicast, pve01.summaries.ipv6Unicast]) {
      delete family?.peers["enp1s0f1np1"];
    }
    const { nodes, controller, ...rest } = intent;
    const left = nodes.filter(({ name }) => name !== "pve03");
    const peers = controller.peers.filter((peer) => peer !== "10.255.0.3");
    const retired = { ...rest, controller: { ...controller, peers }, nodes: left };
    const rowsOf = (of: typeof retired) =>
      judge(of, { nodes: new Map(Object.entries({ pve01, pve02 })) })
        .filter(({ check, device }) => check === "link" || device === "enp1s0f1np1")
        .filter(({ status }) => status !== "pass")
        .map(({ check, node, subject, status }) => `${node} ${check} ${subject}: ${status}`);
    return { blamed: rowsOf(retired), forgiven: rowsOf({ ...retired, retired: ["pve03"] }) };
  }

  it("blames no link of which it may be the other end", () => {
    const { blamed, forgiven } = withoutPve03();
    expect(blamed).toContain("pve01 link enp1s0f1np1: fail");
    expect(forgiven).toEqual(["pve01 link enp1s0f1np1: warn", "pve01 underlay enp1s0f1np1: warn"]);
  });

  it("still blames one that is shut down here", () => {
    const { forgiven } = withoutPve03((link) => (link.flags = []));
    expect(forgiven).toContain("pve01 link enp1s0f1np1: fail");
  });
});

it("on a routed underlay the tunnel's address may have its network's prefix", () => {
  const observed = recorded();
  const lo = observed.pve01.links.find(({ ifname }) => ifname === "lo");
  lo?.addr_info.forEach((address) => (address.prefixlen = 24));
  const found = (topology: "ring" | "routed") =>
    judge({ ...intent, topology }, { nodes: new Map(Object.entries(observed)) })
      .filter(({ check, node }) => check === "loopback" && node === "pve01")
      .map(({ status }) => status);
  expect(found("ring")).toEqual(["fail", "fail"]);
  expect(found("routed")).toEqual(["pass", "pass"]);
});

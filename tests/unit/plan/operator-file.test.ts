import * as fc from "fast-check";
import { parseConfig } from "../../../config/parse";
import { renderOperatorBlock } from "../../../plan/operator-block";
import { blockIn, OperatorBlock, withBlock, withoutBlock } from "../../../plan/operator-file";
import { stackConfig } from "../../fixtures/stack-config";

const config = parseConfig(stackConfig("prod"));
const block = renderOperatorBlock(config, config.nodes[0]!, "fd00:255::1", {
  project: "proxmox-evpn",
  stack: "prod",
});
const other: OperatorBlock = { ...block, text: block.text.replace("  advertise-svi-ip\n", "") };

/** An frr.conf in two parts: our block belongs between them. */
interface OperatorFile {
  before: string;
  after: string;
}
const whole = ({ before, after }: OperatorFile) => before + after;

const section = (asn: number, rest = "") => `router bgp ${asn}${rest}`;
const NEIGHBORS = [
  " neighbor enp1s0f0np0 interface remote-as internal",
  " neighbor enp1s0f1np1 interface remote-as internal",
];
const ANYWHERE = [
  "!",
  "",
  "# BEGIN ANSIBLE MANAGED BLOCK",
  "# END ANSIBLE MANAGED BLOCK",
  "! BEGIN some-other-tool x/y",
  "! Stra\u00dfe \u00e9\u00ff",
];
const top = fc.constantFrom(
  ...ANYWHERE.map((line) => [line]),
  ["hostname pve01"],
  ["ip prefix-list L seq 5 permit 10.255.0.0/24 ge 32"],
  ["vrf vrf_mgmt", " ip route 0.0.0.0/0 192.0.2.1", "exit-vrf"],
  ["route-map X permit 10", " set metric 200", "exit"],
  ["bgp community-list standard C seq 5 permit 65000:1"],
  [section(4200001000, " vrf vrf_other"), " neighbor enp9 interface remote-as external", "exit"],
);
const inRouter = fc.constantFrom(
  ...ANYWHERE.map((line) => [line]),
  [" bgp router-id 10.0.10.1"],
  ["  no bgp default ipv4-unicast"],
  [" address-family ipv6 unicast", "  network fd00:255::1/128", " exit-address-family"],
  [" address-family l2vpn evpn", "  vni 10100", "   rd 1:1", "  exit-vni", " exit-address-family"],
  [" address-family ipv4 unicast", "  maximum-paths ibgp 4", " exit"],
);
const lines = (parts: fc.Arbitrary<string[]>) =>
  fc.array(parts, { maxLength: 5 }).map((groups) => groups.flat());

/** Files as people and tools leave them; where the block belongs is known from how they are made. */
const operatorFile: fc.Arbitrary<OperatorFile> = fc
  .record({
    head: lines(top),
    body: lines(inRouter),
    tail: lines(top),
    indented: fc.boolean(),
    close: fc.boolean(),
    newline: fc.constantFrom("\n", "\r\n"),
    final: fc.boolean(),
  })
  .map(({ head, body, tail, indented, close, newline, final }) => {
    const router = [...NEIGHBORS, ...body].map((line) => (indented ? line : line.trimStart()));
    // Without an `exit` only a statement from elsewhere ends the section, not the blanks before it.
    const end = close
      ? ["exit", ...tail]
      : ["route-map LAST permit 10", "exit", ...tail, "line vty"];
    const text = (part: string[]) => part.map((line) => line + newline).join("");
    const after = text(end);
    return {
      before: text([...head, section(4200001000), ...router]),
      after: final ? after : after.slice(0, -newline.length),
    };
  });

const textOf = (edited: ReturnType<typeof withBlock>) =>
  "text" in edited ? edited.text : `refused: ${edited.refusal}`;

describe("our block in an operator's frr.conf", () => {
  it("stands at the end of the `router bgp`, and every byte outside the markers stays", () => {
    fc.assert(
      fc.property(operatorFile, (file) => {
        const newline = file.before.includes("\r\n") ? "\r\n" : "\n";
        const ours = block.text.replaceAll("\n", newline);
        expect(textOf(withBlock(whole(file), block))).toBe(file.before + ours + file.after);
      }),
      { numRuns: 300 },
    );
  });

  it("is put in twice as once, is replaced as if it were new, and leaves nothing when it goes", () => {
    fc.assert(
      fc.property(operatorFile, (file) => {
        const once = textOf(withBlock(whole(file), block));
        expect(textOf(withBlock(once, block))).toBe(once);
        expect(textOf(withBlock(textOf(withBlock(whole(file), other)), block))).toBe(once);
        expect(textOf(withoutBlock(once, block.owner))).toBe(whole(file));
        expect(blockIn(once, block.owner)).toBe(block.text);
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["a final newline", "\n"],
    ["no final newline", ""],
    ["a lone carriage return", "\r"],
  ])("ends a file whose last section is open and that has %s", (_what, end) => {
    const text = `router bgp 4200001000\n${NEIGHBORS.join("\n")}${end}`;
    const once = textOf(withBlock(text, block));
    expect(once.startsWith(text)).toBe(true);
    expect(once.endsWith("\n")).toBe(end === "\n");
    expect(textOf(withBlock(once, block))).toBe(once);
    expect(textOf(withoutBlock(once, block.owner))).toBe(text);
  });

  it("stays where it stands when the operator writes behind it", () => {
    const text = `router bgp 4200001000\n${NEIGHBORS.join("\n")}\nexit\n`;
    const edited = textOf(withBlock(text, block)).replace(
      `! END proxmox-evpn ${block.owner}\n`,
      (mark) => `${mark} neighbor 192.0.2.1 remote-as 65001\n`,
    );
    expect(textOf(withBlock(edited, other))).toBe(edited.replace(block.text, other.text));
  });

  it("moves when it stands before the neighbors that it activates", () => {
    const misplaced = `router bgp 4200001000\n${block.text}${NEIGHBORS.join("\n")}\nexit\n`;
    expect(textOf(withBlock(misplaced, block))).toBe(
      `router bgp 4200001000\n${NEIGHBORS.join("\n")}\n${block.text}exit\n`,
    );
  });

  it("knows an AS number in asdot form, and joins sections of one AS number as FRR does", () => {
    const [first, second] = NEIGHBORS;
    const text = `router bgp 64086.60904 as-notation dot\n${first}\nexit\nrouter bgp 4200001000\n${second}\nexit\n`;
    expect(textOf(withBlock(text, block))).toBe(
      text.replace(/exit\n$/, () => `${block.text}exit\n`),
    );
  });
});

describe("a file that is refused", () => {
  const good = `router bgp 4200001000\n${NEIGHBORS.join("\n")}\nexit\n`;
  const once = textOf(withBlock(good, block));

  it.each([
    ["without `router bgp`", "hostname pve01\n", /has no `router bgp 4200001000`/],
    [
      "with a `router bgp` of a VRF alone",
      "router bgp 4200001000 vrf vrf_x\nexit\n",
      /has no `router bgp 4200001000`/,
    ],
    [
      "with another AS number",
      good.replace("4200001000", "65001"),
      /AS number 65001, but fabric.asn is 4200001000/,
    ],
    [
      "without a mesh neighbor",
      good.replace("enp1s0f1np1", "eth7"),
      /no `neighbor enp1s0f1np1`.*nodes\[\]\.meshInterfaces/,
    ],
    [
      "with another stack's block",
      once.replaceAll("proxmox-evpn/prod", "proxmox-evpn/old"),
      /block of another stack \(proxmox-evpn\/old\)/,
    ],
    ["with half a block", once.replace(/! END .*\n/, ""), /markers .* do not pair \(BEGIN\)/],
    ["with two blocks", once + block.text, /do not pair \(BEGIN, END, BEGIN, END\)/],
  ])("%s", (_what, text, refusal) => {
    expect(textOf(withBlock(text, block))).toMatch(refusal);
  });

  it("keeps another stack's block when ours is to go", () => {
    const theirs = once.replaceAll("proxmox-evpn/prod", "proxmox-evpn/old");
    expect(textOf(withoutBlock(theirs, block.owner))).toMatch(/another stack/);
  });
});

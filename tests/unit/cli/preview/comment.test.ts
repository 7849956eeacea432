import { COMMENT_LIMIT, commentOf, MARKER } from "../../../../cli/preview/comment";
import type { Preview } from "../../../../cli/preview/document";
import { changedPreview, machineReplaced, unchanged, vnetAdded } from "./previews";

const comment = (
  preview: Preview,
  more: { consumers?: Preview[]; mask?: boolean; limit?: number } = {},
) =>
  commentOf(preview, more.consumers ?? [], {
    version: "9.1",
    mask: more.mask ?? false,
    limit: more.limit,
  });

describe("a VNet more", () => {
  const text = comment(vnetAdded());

  it("begins with the marker and counts what changes, components left out", () => {
    expect(text.startsWith(`${MARKER}\n`)).toBe(true);
    expect(text).toContain("**2 to create, 5 to update, 1 to replace**");
  });

  it("shows objects of Proxmox VE with their values, others by the names of their inputs", () => {
    expect(text).toContain(
      "| create | VNet | `lab-zone-vnet104` | `alias: Talos Cluster 104`, `resourceId: vnet104`, `tag: 10104`, `zone: evpnz1` |",
    );
    expect(text).toContain("| update | FRR block | `lab-pve01-frr-conf-local` | `stdin` |");
  });

  it("tells of the one apply, its nodes and the VNet", () => {
    expect(text).toContain(
      "**SDN apply:** follows on `pve01`, `pve02`, `pve03`: each reloads its network and FRR. VNets touched: `vnet104`.",
    );
  });

  it("diffs each node's block and the frr.conf that Proxmox VE merges", () => {
    for (const node of ["pve01", "pve02", "pve03"]) {
      expect(text).toContain(`<summary>${node}: block +4 −0, frr.conf +1 −0</summary>`);
    }
    // In the merged file the line stands in PVE's own address family, beside its own lines.
    expect(text).toContain("   advertise-all-vni\n+  advertise-svi-ip\n  exit-address-family");
  });

  it("repeats the warnings, without Pulumi's own word in front", () => {
    expect(text).toMatch(/\*\*Warnings:\*\*\n\n```\nzone\.primaryExitNode: is not set/);
  });

  it("has no secret: not even that there is a connection", () => {
    expect(text).not.toMatch(/secret|connection|privateKey|token/i);
  });
});

it("nothing changes: no apply, no diffs", () => {
  const text = comment(unchanged());
  expect(text).toContain("**Nothing changes.**");
  expect(text).toContain("**SDN apply:** none follows");
  expect(text).not.toContain("<details>");
});

it("a removal is applied after all else: two applies", () => {
  const text = comment(
    changedPreview((steps) =>
      steps.map((step) =>
        step.urn.endsWith("::lab-zone-vnet103") && step.urn.includes("sdn/vnet:Vnet")
          ? { ...step, op: "delete" }
          : step,
      ),
    ),
  );
  expect(text).toContain("A second apply then takes the removed objects away.");
  expect(text).toContain("VNets touched: `vnet103`, `vnet104`.");
  expect(text).toContain("| **delete** | VNet | `lab-zone-vnet103` |  |");
});

it("a changed zone touches every VNet, and its values are shown", () => {
  const text = comment(
    changedPreview((steps) =>
      steps.map((step) =>
        step.urn.includes("sdn/zone/evpn:Evpn") && step.newState
          ? { ...step, op: "update", newState: { inputs: { ...step.newState.inputs, mtu: 1400 } } }
          : step,
      ),
    ),
  );
  expect(text).toContain("VNets touched: `vnet100`, `vnet101`, `vnet102`, `vnet103`, `vnet104`.");
  expect(text).toContain("| update | zone | `lab-zone` | `mtu: 1450 → 1400` |");
});

it("the first deployment shows every file as new", () => {
  const first = changedPreview((steps) =>
    steps.flatMap(({ urn, newState }) => (newState ? [{ op: "create", urn, newState }] : [])),
  );
  const text = comment(first);
  expect(text).toMatch(/<summary>pve01: block \+\d{2} −0, frr\.conf \+\d{2,3} −0<\/summary>/);
  expect(text).toContain("+ neighbor VTEP update-source 10.255.0.1");
});

it("a preview without --show-sames says that the merged file cannot be told", () => {
  const text = comment(changedPreview((steps) => steps.filter(({ op }) => op !== "same")));
  expect(text).toContain("is not shown: run the preview with `--show-sames`.");
  expect(text).toContain("block +4 −0, frr.conf unknown");
});

describe("with a consumer's preview", () => {
  it("lists the machines that would be made anew, once each", () => {
    const text = comment(vnetAdded(), { consumers: [machineReplaced()] });
    expect(text).toContain("**Machines that would go down:** 1.");
    expect(text).toContain(
      "| **replace** | `talos-101-2` | `1012` | `pve02` | `vmbr0 tag 101` → `vnet101` |",
    );
  });

  it("says so when none is", () => {
    expect(comment(vnetAdded(), { consumers: [unchanged()] })).toContain(
      "**Machines:** none would be made anew or removed.",
    );
  });
});

describe("masked", () => {
  const text = comment(vnetAdded(), { consumers: [machineReplaced()], mask: true });

  it("has no address, name or AS number left", () => {
    expect(text).not.toMatch(/\d+\.\d+\.\d+\.\d+|fd00:|pve0\d|vnet1\d\d|evpnz1|talos-101|Talos/);
    expect(text).not.toMatch(/4200001000|60904/);
  });

  it("puts the same word for the same value in every place", () => {
    const [, word] = /resourceId: (vnet-\d+)`, `tag: 10104/.exec(text) ?? [];
    expect(text).toContain(`VNets touched: \`${word}\`.`);
    expect(text).toContain(`-zone-${word}\` |`);
    const [, node] = /talos|machine-1` \| `1012` \| `(node-\d+)`/.exec(text) ?? [];
    expect(text).toContain(`<summary>${node}: block`);
  });

  it("keeps what says nothing of the place: VNIs, MTUs, prefix lengths, the diff", () => {
    expect(text).toContain("`tag: 10104`");
    expect(text).toMatch(/`cidr: ipv6-\d+\/64`/);
    expect(text).toContain("+  advertise-svi-ip");
    expect(text.startsWith(MARKER)).toBe(true);
  });
});

describe("secrets that reach the preview in clear (--show-secrets, a password in a block)", () => {
  const text = comment(
    changedPreview((steps) =>
      steps.map((step) =>
        step.newState && typeof step.newState.inputs.stdin === "string"
          ? {
              ...step,
              newState: {
                inputs: {
                  ...step.newState.inputs,
                  connection: { privateKey: "-----BEGIN KEY hunter2" },
                  stdin: step.newState.inputs.stdin.replace(
                    " neighbor MESH bfd\n",
                    " neighbor MESH bfd\n neighbor MESH password hunter2\n",
                  ),
                },
              },
            }
          : step.urn.includes("sdn/vnet:Vnet") && step.op === "create" && step.newState
            ? { ...step, newState: { inputs: { ...step.newState.inputs, apiToken: "hunter2" } } }
            : step,
      ),
    ),
  );

  it("are not shown", () => {
    expect(text).toContain("+ neighbor MESH password [hidden]");
    expect(text).not.toContain("hunter2");
  });
});

it("a failed preview is told as such, with its errors", () => {
  const failed = { ...vnetAdded(), errors: ["vnets[0].vni: is used twice"] };
  expect(comment(failed)).toContain(
    "**The preview failed:**\n\n```\nvnets[0].vni: is used twice\n```",
  );
});

describe("too long", () => {
  const many = changedPreview((steps) =>
    steps.map((step) =>
      step.newState && typeof step.newState.inputs.stdin === "string"
        ? {
            ...step,
            newState: {
              inputs: {
                ...step.newState.inputs,
                stdin: `${step.newState.inputs.stdin}${"ip prefix-list MORE seq 5 permit any\n".repeat(900)}`,
              },
            },
          }
        : step,
    ),
  );

  it("is cut to GitHub's limit, in whole parts, with a notice that names what is missing", () => {
    const text = comment(many);
    expect(text.length).toBeLessThanOrEqual(COMMENT_LIMIT);
    expect(text).toContain("> **Cut:** too long for a comment. Left out: the files of pve0");
    expect(text.match(/<details>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
    expect(text.match(/^```/gm)?.length ?? 0).toBe((text.match(/^```/gm)?.length ?? 0) & ~1);
    expect(text).toContain("**SDN apply:**");
  });

  it.each([200, 500, 1000, 2000, 5000])("keeps to a limit of %s", (limit) => {
    const text = comment(many, { limit });
    expect(text.length).toBeLessThanOrEqual(limit);
    expect(text).toContain("> **Cut:**");
  });
});

it("text of a preview cannot break out of its cell or its fence", () => {
  const hostile = changedPreview((steps) =>
    steps.map((step) =>
      step.urn.includes("sdn/vnet:Vnet") && step.op === "create" && step.newState
        ? { ...step, newState: { inputs: { ...step.newState.inputs, alias: "a|`\n<img>" } } }
        : step,
    ),
  );
  const text = comment({ ...hostile, warnings: ["one\n```\n<script>"] });
  expect(text).toContain("`alias: a <img>`");
  expect(text).toContain("````\none\n```\n<script>\n````");
});

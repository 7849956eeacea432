import { parseConfig } from "../../../config/parse";
import { missingForUpdate } from "../../../config/ready";
import { ConfigError } from "../../../config/violation";
import { labConfig, stackConfig } from "../../fixtures/stack-config";

function refusal(config: unknown): ConfigError {
  try {
    parseConfig(config);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error("the config was accepted");
}

describe("parseConfig", () => {
  it.each(["lab", "prod"] as const)("loads Pulumi.%s.yaml", (stack) => {
    expect(parseConfig(stackConfig(stack)).vnets).toHaveLength(4);
  });

  it("fills in the defaults", () => {
    const { frr, ssh, zone } = parseConfig({
      ...labConfig({ frr: undefined, ssh: undefined }),
      zone: { id: "evpnz1", vrfVni: 4096 },
    });
    expect(frr).toMatchObject({ owner: "proxmox", evpnSessions: "vtep" });
    expect(ssh).toMatchObject({ user: "root" });
    expect(zone.mtu).toBe(1450);
  });

  it("reports all violations with their paths, values and remedies", () => {
    const { nodes, zone } = labConfig();
    const error = refusal({
      ...labConfig(),
      zone: { ...zone, vrfVni: 2 ** 24, id: "evpnzone1" },
      nodes: nodes.map((node) => ({ ...node, port: 70000 })),
      vnets: [{ id: "vnet100" }],
    });
    expect(error.violations.map(({ path }) => path).sort()).toEqual([
      "nodes[0].port",
      "nodes[1].port",
      "nodes[2].port",
      "vnets[0].vni",
      "zone.id",
      "zone.vrfVni",
    ]);
    expect(error.message).toContain(
      "zone.vrfVni = 16777216: must be a whole number from 1 to 16777215",
    );
    expect(error.message).toContain("vnets[0].vni: is missing. Set it");
  });

  it("refuses settings that it does not know, wherever they stand", () => {
    const error = refusal({ ...labConfig(), zones: {}, frr: { ownr: "proxmox" } });
    expect(error.violations.map(({ path }) => path).sort()).toEqual(["frr.ownr", "zones"]);
  });

  it("puts addresses into their canonical form", () => {
    const config = parseConfig(labConfig({ controller: { peers: ["FD00:255:0::1"] } }));
    expect(config.controller.peers).toEqual(["fd00:255::1"]);
  });
});

describe("missingForUpdate", () => {
  const CA = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
  const OTHER = CA.replace("AAAA", "BBBB");
  const missing = (stack: "lab" | "prod", present: boolean, sslCertFile?: string) =>
    missingForUpdate(
      parseConfig(stackConfig(stack)),
      { apiToken: present, sshPrivateKey: present, sshAgent: false },
      { caFile: CA, sslCertFile },
    ).map(({ path }) => path);
  const hostKeys = ["nodes[0].hostKey", "nodes[1].hostKey", "nodes[2].hostKey"];

  it("names what the operator of the seed's cluster must fill in", () => {
    expect(missing("prod", false)).toEqual([...hostKeys, "apiToken", "ssh.privateKeyFile"]);
  });

  it("takes a key of the SSH agent, and says when there is none, or a second key", () => {
    const asked = (ssh: object, present: { sshPrivateKey: boolean; sshAgent: boolean }) =>
      missingForUpdate(
        parseConfig({ ...stackConfig("lab"), ssh: { agent: true, ...ssh } }),
        { apiToken: true, ...present },
        { caFile: CA, sslCertFile: CA },
      )
        .filter(({ path }) => path.startsWith("ssh."))
        .map(({ path, reason }) => `${path} ${reason}`);
    const none = { sshPrivateKey: false, sshAgent: false };
    expect(asked({}, { ...none, sshAgent: true })).toEqual([]);
    expect(asked({}, none)).toEqual(["ssh.agent is set, but SSH_AUTH_SOCK names no agent"]);
    expect(asked({ privateKeyFile: "k" }, { ...none, sshAgent: true })).toEqual([
      "ssh.agent is set beside ssh.privateKeyFile",
    ]);
    expect(asked({}, { sshPrivateKey: true, sshAgent: true })).toEqual([
      "ssh.agent is set beside the secret sshPrivateKey",
    ]);
  });

  it("asks the lab for its generated values only", () => {
    expect(missing("lab", true, OTHER + CA)).toEqual(hostKeys);
  });

  it.each([undefined, OTHER])("asks for the CA where the plugin would not find it", (trusted) => {
    expect(missing("lab", true, trusted)).toEqual([...hostKeys, "cluster.api.caFile"]);
  });
});

import { FabricConfig } from "./schema";
import { ConfigError, Violation } from "./violation";

/** Which secrets the stack has. Their values are not needed here. */
export interface SecretsPresent {
  apiToken: boolean;
  sshPrivateKey: boolean;
}

/** What a preview can do without and an update cannot. Empty when the stack can be brought up. */
export function missingForUpdate(config: FabricConfig, present: SecretsPresent): Violation[] {
  const missing = (path: string, remedy: string): Violation => ({
    path,
    reason: "is not set, and an update needs it",
    remedy,
  });
  return [
    ...config.nodes
      .map((node, index) => ({ node, index }))
      .filter(({ node }) => node.hostKey === undefined)
      .map(({ node, index }) =>
        missing(
          `nodes[${index}].hostKey`,
          `Put the text of /etc/ssh/ssh_host_ed25519_key.pub of ${node.name} there, read at its console`,
        ),
      ),
    ...(present.apiToken
      ? []
      : [missing("apiToken", "Run `pulumi config set --secret apiToken 'USER@REALM!ID=UUID'`")]),
    ...(present.sshPrivateKey || config.ssh.privateKeyFile
      ? []
      : [
          missing(
            "ssh.privateKeyFile",
            "Name the key's file, or run `pulumi config set --secret sshPrivateKey <FILE`",
          ),
        ]),
    ...(config.frr.owner === "operator"
      ? [
          {
            path: "frr.owner",
            value: config.frr.owner,
            reason:
              "is planned and previewed, but this version cannot yet bring up a cluster whose frr.conf is the operator's",
            remedy:
              "Use frr.owner: proxmox with IPv4 loopbacks in controller.peers, as Pulumi.lab.yaml does",
          },
        ]
      : []),
  ];
}

/** @throws ConfigError with all that is missing for an update */
export function requireReady(missing: Violation[]): void {
  if (missing.length > 0) {
    throw new ConfigError(
      missing,
      "The stack cannot be brought up yet; nothing was contacted or changed",
    );
  }
}

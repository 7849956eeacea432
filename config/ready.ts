import { FabricConfig } from "./schema";
import { ConfigError, Violation } from "./violation";

/** Which secrets the stack has. Their values are not needed here. */
export interface SecretsPresent {
  apiToken: boolean;
  sshPrivateKey: boolean;
  /** SSH_AUTH_SOCK names an agent. */
  sshAgent: boolean;
}

export const START_AGENT = 'run `eval "$(ssh-agent)"; ssh-add FILE` in the shell that runs Pulumi';

/** What the machine trusts, as far as the API's certificate is concerned. */
export interface Trust {
  /** Text of the file that cluster.api.caFile names; undefined when it cannot be read. */
  caFile?: string;
  /** Text of the file that SSL_CERT_FILE names; undefined when there is none. */
  sslCertFile?: string;
}

/** PEM certificates of a file, without the comments that may stand around them. */
function certificates(pem: string): string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
}

/**
 * The proxmoxve plugin has no setting for a CA: like other Go programs it trusts the system's and the
 * file that SSL_CERT_FILE names. So caFile says what must stand in there.
 */
function untrusted(config: FabricConfig, trust: Trust): Violation[] {
  const { caFile, insecure } = config.cluster.api;
  if (caFile === undefined || insecure) return [];
  const path = "cluster.api.caFile";
  const wanted = certificates(trust.caFile ?? "");
  if (wanted.length === 0) {
    const reason = "cannot be read, or holds no PEM certificate";
    return [{ path, value: caFile, reason, remedy: "Name a file with the CA's certificate" }];
  }
  const trusted = new Set(certificates(trust.sslCertFile ?? ""));
  if (wanted.every((certificate) => trusted.has(certificate))) return [];
  return [
    {
      path,
      value: caFile,
      reason: "is not trusted here: the plugin reads CAs from the file that SSL_CERT_FILE names",
      remedy: `Run \`export SSL_CERT_FILE=${caFile}\` before Pulumi, or add the CA to that file`,
    },
  ];
}

const missing = (path: string, remedy: string): Violation => ({
  path,
  reason: "is not set, and an update needs it",
  remedy,
});

/** The SSH key has to come from one place: from two, nobody could say which one is used. */
function wrongKey({ ssh }: FabricConfig, present: SecretsPresent): Violation[] {
  const other = present.sshPrivateKey
    ? "the secret sshPrivateKey"
    : ssh.privateKeyFile && "ssh.privateKeyFile";
  if (!ssh.agent) {
    const remedy =
      "Name the key's file, run `pulumi config set --secret sshPrivateKey <FILE`, or set ssh.agent";
    return other ? [] : [missing("ssh.privateKeyFile", remedy)];
  }
  const wrong = (reason: string, remedy: string) => [
    { path: "ssh.agent", value: true, reason, remedy },
  ];
  if (other) return wrong(`is set beside ${other}`, "Keep one of the two");
  if (present.sshAgent) return [];
  return wrong("is set, but SSH_AUTH_SOCK names no agent", `To start one, ${START_AGENT}`);
}

/** What a preview can do without and an update cannot. Empty when the stack can be brought up. */
export function missingForUpdate(
  config: FabricConfig,
  present: SecretsPresent,
  trust: Trust,
): Violation[] {
  return [
    ...config.nodes
      .map((node, index) => ({ node, index }))
      .filter(({ node }) => node.hostKey === undefined && !node.retired)
      .map(({ node, index }) =>
        missing(
          `nodes[${index}].hostKey`,
          `Put the text of /etc/ssh/ssh_host_ed25519_key.pub of ${node.name} there, read at its console (\`npm run -s evpn -- hostkeys\` collects them to compare)`,
        ),
      ),
    ...(present.apiToken
      ? []
      : [
          missing(
            "apiToken",
            "Run `pulumi config set --secret apiToken 'USER@REALM!ID=UUID'`, or give it in PROXMOX_VE_API_TOKEN",
          ),
        ]),
    ...wrongKey(config, present),
    ...untrusted(config, trust),
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

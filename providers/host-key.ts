import { createHash } from "node:crypto";
import { Client } from "ssh2";
import type { NodeEndpoint } from "../plan/types";
import { SshError } from "./ssh";

/** A server's public host key. */
export interface HostKey {
  /** `ssh-ed25519` */
  type: string;
  /** As nodes[].hostKey holds it: type and base64. */
  text: string;
  /** `SHA256:…`, as `ssh-keygen -lf` prints it. */
  fingerprint: string;
}

/** The kinds that nodes[].hostKey takes, best first. */
const KINDS = ["ssh-ed25519", "ecdsa-sha2-nistp256", "rsa-sha2-512"] as const;

/** The blob begins with its own type as a string of SSH (RFC 4253 §6.6). */
function typeOf(blob: Buffer): string {
  return blob.subarray(4, 4 + blob.readUInt32BE(0)).toString("ascii");
}

export function hostKeyOf(blob: Buffer): HostKey {
  const type = typeOf(blob);
  const digest = createHash("sha256").update(blob).digest("base64").replace(/=+$/, "");
  return { type, text: `${type} ${blob.toString("base64")}`, fingerprint: `SHA256:${digest}` };
}

/**
 * The host key that answers at a node's address. Nobody logs in and nothing is sent: the handshake ends
 * once the key is seen. Whoever answers may be anybody, so a person has to compare the fingerprint.
 * @throws SshError when nobody answers
 */
export function offeredHostKey(endpoint: NodeEndpoint, timeoutMs: number): Promise<HostKey> {
  const client = new Client();
  return new Promise((resolve, reject) => {
    let seen: HostKey | undefined;
    client.once("error", (error) => {
      client.destroy();
      if (seen) return resolve(seen);
      const where = `${endpoint.name} (${endpoint.host}, port ${endpoint.port})`;
      reject(
        new SshError(
          endpoint.name,
          `${where}: no host key (${error.message}). Check that the node is up and that nodes[].address and nodes[].port are right.`,
        ),
      );
    });
    client.connect({
      host: endpoint.host,
      port: endpoint.port,
      username: endpoint.user,
      readyTimeout: timeoutMs,
      algorithms: { serverHostKey: [...KINDS] },
      hostVerifier: (blob: Buffer) => {
        seen = hostKeyOf(blob);
        return false;
      },
    });
  });
}

// Which certificate authorities a Go program trusts; the real provider is one.
import { readFileSync, readdirSync } from "node:fs";
import * as path from "node:path";
import { rootCertificates } from "node:tls";

const files = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem",
];

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}

/**
 * The trusted authorities, as PEM texts: SSL_CERT_FILE in place of the system's bundle, plus every
 * file of SSL_CERT_DIR. Node's own list stands in where a system has no bundle.
 */
export function trustedAuthorities(environment: NodeJS.ProcessEnv = process.env): string[] {
  const candidates = environment.SSL_CERT_FILE ? [environment.SSL_CERT_FILE] : files;
  const bundle = candidates.map(read).find((text) => text !== undefined);
  const texts = bundle === undefined ? [] : [bundle];
  for (const directory of environment.SSL_CERT_DIR?.split(":") ?? []) {
    try {
      for (const name of readdirSync(directory)) {
        const text = read(path.join(directory, name));
        if (text) texts.push(text);
      }
    } catch {
      continue; // a directory that isn't there holds no authority
    }
  }
  return texts.length > 0 || environment.SSL_CERT_FILE ? texts : [...rootCertificates];
}

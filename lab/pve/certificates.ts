import * as fs from "node:fs";
import * as path from "node:path";
import { run } from "../guest/process";

export interface ApiCertificate {
  /** The CA's certificate, which clients trust. */
  ca: string;
  certificate: string;
  key: string;
}

const days = "3650";

/**
 * The lab's own CA (`.lab/ca.pem`, its key in `.lab/secrets`) and the API's certificate for
 * 127.0.0.1, localhost and the nodes' names. Made once; kept as long as all parts are there.
 * @throws when openssl is missing or fails.
 */
export async function ensureCertificates(
  lab: string,
  secrets: string,
  names: readonly string[],
): Promise<ApiCertificate> {
  const made = {
    ca: path.join(lab, "ca.pem"),
    certificate: path.join(lab, "pve-api.pem"),
    key: path.join(secrets, "pve-api.key"),
  };
  const caKey = path.join(secrets, "ca.key");
  const parts = [...Object.values(made), caKey];
  if (parts.every((file) => fs.existsSync(file))) return made;
  for (const file of parts) fs.rmSync(file, { force: true });
  fs.mkdirSync(secrets, { recursive: true, mode: 0o700 });
  const partial = (file: string) => `${file}.new`;
  const subject = "/O=proxmox-evpn lab";
  await openssl([
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
    ...["-days", days, "-subj", `${subject}/CN=proxmox-evpn lab CA`],
    ...["-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign"],
    ...["-keyout", partial(caKey), "-out", partial(made.ca)],
  ]);
  const alternatives = ["IP:127.0.0.1", ...["localhost", ...names].map((name) => `DNS:${name}`)];
  await openssl([
    ...["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"],
    ...["-days", days, "-subj", `${subject}/CN=lab PVE stand-in`],
    ...["-addext", "basicConstraints=critical,CA:FALSE"],
    ...["-addext", "extendedKeyUsage=serverAuth"],
    ...["-addext", `subjectAltName=${alternatives.join(",")}`],
    ...["-CA", partial(made.ca), "-CAkey", partial(caKey)],
    ...["-keyout", partial(made.key), "-out", partial(made.certificate)],
  ]);
  for (const file of parts) {
    fs.chmodSync(partial(file), file.endsWith(".key") ? 0o600 : 0o644);
    fs.renameSync(partial(file), file);
  }
  return made;
}

async function openssl(args: readonly string[]): Promise<void> {
  const result = await run("openssl", args, { timeoutMs: 60_000 });
  if (result.code === 0) return;
  throw new Error(`openssl could not make the lab's certificates: ${result.stderr.trim()}`);
}

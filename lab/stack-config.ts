import { createHash } from "node:crypto";
import * as fs from "node:fs";
import * as path from "node:path";
import { parse, stringify } from "yaml";
import { labNodes } from "./guest/nodes";
import { hostPublicKey } from "./guest/keys";
import type { LabPaths } from "./paths";
import type { LabPorts } from "./ports";

/**
 * The lab's complete stack config, `.lab/Pulumi.lab.yaml`: the tracked Pulumi.lab.yaml with what only
 * this lab knows put in (ports, host keys, and that an SSH agent has the key). The tracked file stays as it is.
 * For the lab with the newest FRR it is made from Pulumi.prod.yaml: the seed's own cluster.
 */

interface StackFile {
  encryptionsalt?: string;
  config: Record<string, unknown>;
}

type Section = Record<string, unknown>;

interface NodeEntry {
  name: string;
  [field: string]: unknown;
}

const KEY = "proxmox-evpn:";
/** Name of the tracked file that this lab's cluster comes from. */
export const trackedConfig = ({ frrRoot }: LabPaths) =>
  frrRoot === "latest" ? "Pulumi.prod.yaml" : "Pulumi.lab.yaml";

const header = (file: string) =>
  `# Made by \`npm run lab\` from ${file} and this lab's ports and keys. Changes made here are kept\n` +
  `# until ${file} changes.\n`;

const tracked = (paths: LabPaths) => path.join(paths.root, trackedConfig(paths));
const target = (paths: LabPaths) => path.join(paths.lab, "Pulumi.lab.yaml");
const sourceHash = (paths: LabPaths) => path.join(paths.lab, "Pulumi.lab.yaml.source");

function read(file: string): StackFile | undefined {
  if (!fs.existsSync(file)) return undefined;
  const content = parse(fs.readFileSync(file, "utf8")) as Partial<StackFile> | null;
  return { ...content, config: content?.config ?? {} };
}

function withGenerated(base: StackFile, paths: LabPaths, ports: LabPorts): StackFile {
  const cluster = base.config[`${KEY}cluster`] as { api?: object };
  const nodes = base.config[`${KEY}nodes`] as NodeEntry[];
  // The key stays in the lab's agent, and the token in the shell: Pulumi has neither.
  const { privateKeyFile: _file, ...ssh } = (base.config[`${KEY}ssh`] ?? {}) as Section;
  const { [`${KEY}apiToken`]: _token, ...config } = base.config;
  const local = (file: string) => path.relative(paths.root, file);
  const reachable = nodes.map((node) => {
    const known = labNodes.find(({ name }) => name === node.name);
    if (!known) return node;
    const hostKey = hostPublicKey(paths, known.name);
    return { ...node, address: "127.0.0.1", port: ports[known.name], hostKey };
  });
  return {
    ...base,
    config: {
      ...config,
      [`${KEY}cluster`]: {
        ...cluster,
        api: {
          ...cluster.api,
          endpoint: `https://127.0.0.1:${ports.pveApi}`,
          caFile: local(path.join(paths.lab, "ca.pem")),
        },
      },
      [`${KEY}ssh`]: { ...ssh, agent: true },
      [`${KEY}nodes`]: reachable,
    },
  };
}

/**
 * Writes the lab's stack config. What a user changed in it stays, as long as the tracked file does not
 * change; Pulumi's own entries (the salt, encrypted values) always stay.
 * @returns whether the tracked file had changed and replaced the user's text
 */
export function writeStackConfig(paths: LabPaths, ports: LabPorts): { replaced: boolean } {
  const text = fs.readFileSync(tracked(paths), "utf8");
  const hash = createHash("sha256").update(text).digest("hex");
  const before = read(target(paths));
  const known =
    fs.existsSync(sourceHash(paths)) && fs.readFileSync(sourceHash(paths), "utf8") === hash;
  const fresh = parse(text) as StackFile;
  const secrets = Object.fromEntries(
    Object.entries(before?.config ?? {}).filter(
      ([, value]) => typeof value === "object" && value !== null && "secure" in value,
    ),
  );
  const base: StackFile =
    before && known
      ? before
      : {
          ...(before?.encryptionsalt ? { encryptionsalt: before.encryptionsalt } : {}),
          config: { ...fresh.config, ...secrets },
        };
  const complete = header(trackedConfig(paths)) + stringify(withGenerated(base, paths, ports));
  const partial = `${target(paths)}.partial`;
  fs.writeFileSync(partial, complete, { mode: 0o600 });
  fs.renameSync(partial, target(paths));
  fs.writeFileSync(sourceHash(paths), hash);
  return { replaced: before !== undefined && !known };
}

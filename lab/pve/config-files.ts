import * as crypto from "node:crypto";
import { PveFailure } from "./errors";
import { kinds, type ClusterState, type Kind, type SdnObject, type SdnObjects } from "./state";
import { subnetOptions, vnetOptions, zoneOptions, type VersionData } from "./versions";

/** System error "no such file", with which PVE's tools leave after a failure that followed one. */
const noSuchFile = 2;

/**
 * PVE's SDN configuration files as one call sees them. A reader gets a copy; only `write` changes
 * the cluster. It also keeps what decides the exit code of `pvesh`: Perl's `die` leaves with the
 * number of the last system error, so a failure after reading a missing file exits with 2.
 */
export class ConfigFiles {
  // Perl itself looks for files that aren't there while it starts.
  private lastError = noSuchFile;

  constructor(
    readonly data: VersionData,
    readonly state: ClusterState,
    /** Receives what a command line tool prints on standard error while it goes on. */
    readonly warn: (line: string) => void,
  ) {}

  /** The desired objects of one kind. Values that PVE cannot read back are warned of and lost. */
  read(kind: Kind): SdnObjects {
    const stored = this.state.files[kind];
    this.lastError = stored ? 0 : noSuchFile;
    const objects = structuredClone(stored ?? {});
    if (kind === "vnets") this.dropUnreadableAliases(objects);
    return objects;
  }

  /** A look at a file that no lab has (ipams.cfg, dns.cfg). */
  readMissing(): void {
    this.lastError = noSuchFile;
  }

  write(kind: Kind, objects: SdnObjects): void {
    this.state.files[kind] = objects;
  }

  /** Digest of a file's text, as PVE computes it. */
  digest(kind: Kind): string {
    return crypto.createHash("sha1").update(this.text(kind)).digest("hex");
  }

  /** A refusal with the exit code that PVE's tools have at this point. */
  failure(message: string): PveFailure {
    return new PveFailure(message, this.lastError || 255);
  }

  /** A refusal that names a source line of PVE's, as Perl's `die` without a newline does. */
  failureAt(message: string, line: number): PveFailure {
    return this.failure(`${message} at  line ${line}.`);
  }

  exitCode(): number {
    return this.lastError || 255;
  }

  private text(kind: Kind): string {
    const objects = this.state.files[kind] ?? {};
    return Object.entries(objects)
      .map(([id, object]) => `${this.lines(kind, id, object).join("\n")}\n\n`)
      .join("");
  }

  private lines(kind: Kind, id: string, object: SdnObject): string[] {
    const { required, optional } = optionsOf(this.data, kind);
    const lines = [`${object.type}: ${id}`];
    for (const name of [...[...required].sort(), ...[...optional].sort()]) {
      const value = object[name];
      if (value === undefined) continue;
      for (const one of Array.isArray(value) ? value : [value]) lines.push(`\t${name} ${one}`);
    }
    return lines;
  }

  // PVE accepts letters beyond ASCII, stores them, and refuses the line when it reads it back.
  private dropUnreadableAliases(objects: SdnObjects): void {
    let before = 0;
    for (const [id, object] of Object.entries(objects)) {
      const lines = this.lines("vnets", id, object);
      const alias = object.alias;
      if (typeof alias === "string" && /[^\x00-\x7f]/.test(alias)) {
        const at = before + lines.indexOf(`\talias ${alias}`) + 1;
        delete object.alias;
        this.warn(
          `file /etc/pve/sdn/vnets.cfg line ${at} (section '${id}') - ` +
            "unable to parse value of 'alias': value does not match the regex pattern",
        );
      }
      before += lines.length + 1;
    }
  }
}

/** The options that PVE has for a kind's objects (EVPN ones: the stand-in knows no others). */
export function optionsOf(data: VersionData, kind: Kind) {
  return {
    controllers: data.controllerOptions,
    zones: zoneOptions,
    vnets: vnetOptions,
    subnets: subnetOptions,
  }[kind];
}

/** The desired configuration of all kinds, as an apply commits it. */
export function desiredConfig(files: ConfigFiles): Record<Kind, { ids: SdnObjects }> {
  const entries = kinds.map((kind) => [kind, { ids: files.read(kind) }] as const);
  return Object.fromEntries(entries) as Record<Kind, { ids: SdnObjects }>;
}

import type { PveVersion } from "../../pve-model/types";
import { recordedSchemas, type Properties } from "./schema";

/** Options of one object type: required ones, and those that may stand beside them. */
export interface ObjectOptions {
  required: readonly string[];
  optional: readonly string[];
}

/** Numbers of PVE's source lines, which its messages end with (` at  line N.`). */
export interface SourceLines {
  peersOrFabric: number;
  onlyOneEvpn: number;
  controllerUsed: number;
  controllerMissing: number;
  vrfDeclared: number;
  undefinedType: number;
  zoneUsed: number;
  lock: number;
}

/** What differs between the PVE versions that the stand-in can be. */
export interface VersionData {
  /** Answer of GET /version. */
  answer: { version: string; release: string; repoid: string };
  schemas: Record<string, Properties>;
  controllerOptions: ObjectOptions;
  lines: SourceLines;
  /** POST/DELETE /cluster/sdn/lock, lock-token and rollback; and frr.conf only when asked for. */
  hasLock: boolean;
  /** GET /cluster/sdn/dry-run. */
  hasDryRun: boolean;
}

// The recorded answers hold every number except `lock`, known from bug reports for 9.1 only.
const versions: Record<PveVersion, Omit<VersionData, "schemas">> = {
  "8.4": {
    answer: { version: "8.4.1", release: "8.4", repoid: "2a5fa54a8503f96d" },
    controllerOptions: { required: ["asn", "peers"], optional: [] },
    lines: {
      peersOrFabric: 0,
      onlyOneEvpn: 396,
      controllerUsed: 381,
      controllerMissing: 311,
      vrfDeclared: 325,
      undefinedType: 232,
      zoneUsed: 159,
      lock: 0,
    },
    hasLock: false,
    hasDryRun: false,
  },
  "9.1": {
    answer: { version: "9.1.1", release: "9.1", repoid: "42db4a6cf33dac83" },
    controllerOptions: { required: ["asn"], optional: ["peers", "fabric"] },
    lines: {
      peersOrFabric: 504,
      onlyOneEvpn: 497,
      controllerUsed: 482,
      controllerMissing: 354,
      vrfDeclared: 368,
      undefinedType: 326,
      zoneUsed: 160,
      lock: 281,
    },
    hasLock: true,
    hasDryRun: false,
  },
  "9.2-pre": {
    answer: { version: "9.2.0", release: "9.2", repoid: "6b0c8dd1c1ad5f0e" },
    controllerOptions: { required: ["asn"], optional: ["peers", "fabric"] },
    lines: {
      peersOrFabric: 498,
      onlyOneEvpn: 491,
      controllerUsed: 476,
      controllerMissing: 354,
      vrfDeclared: 368,
      undefinedType: 326,
      zoneUsed: 149,
      lock: 281,
    },
    hasLock: true,
    hasDryRun: true,
  },
};

/** Everything that the stand-in knows of `version`. */
export function versionData(version: PveVersion): VersionData {
  return { ...versions[version], schemas: recordedSchemas(version) };
}

export const zoneOptions: ObjectOptions = {
  required: ["controller", "vrf-vxlan"],
  optional: [
    ...["advertise-subnets", "bridge-disable-mac-learning", "disable-arp-nd-suppression", "dns"],
    ...["dnszone", "exitnodes", "exitnodes-local-routing", "exitnodes-primary", "ipam", "mac"],
    ...["mtu", "nodes", "reversedns", "rt-import", "vxlan-port"],
  ],
};

export const vnetOptions: ObjectOptions = {
  required: ["zone"],
  optional: ["alias", "isolate-ports", "tag", "vlanaware"],
};

export const subnetOptions: ObjectOptions = {
  required: ["vnet"],
  optional: ["dhcp-dns-server", "dhcp-range", "dnszoneprefix", "gateway", "snat"],
};

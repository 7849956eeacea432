/** Versions of Proxmox VE whose behaviour is modelled. */
export const PVE_VERSIONS = ["8.4", "9.1", "9.2-pre"] as const;
export type PveVersion = (typeof PVE_VERSIONS)[number];

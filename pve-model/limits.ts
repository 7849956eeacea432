/**
 * Ids and limits that Proxmox VE checks, from its parameter schemas and the answers of `pvesh`
 * (8.4, 9.1, 9.2-pre agree). The config schema uses them so that a bad value is refused before
 * anything is touched.
 */

/** Controller id: a letter, then letters, digits, `_`, `-`; a letter or digit last; 2 to 64 long. */
export const CONTROLLER_ID_PATTERN = /^[a-z][a-z0-9_-]{0,62}[a-z0-9]$/i;

/**
 * Zone id and VNet id: letters and digits, a letter first, 2 to 8 long (`vrfbr_<zone>` must fit
 * IFNAMSIZ; a VNet's id names the bridge on every node).
 */
export const ZONE_ID_PATTERN = /^[a-z][a-z0-9]{0,6}[a-z0-9]$/i;

/** VNIs (VNet `tag`, zone `vrf-vxlan`) are 24 bits wide (RFC 7348); Proxmox VE refuses 0. */
export const VNI_MIN = 1;
export const VNI_MAX = 16777215;

/** Proxmox VE takes AS number 0 too; BGP does not (RFC 7607), so 1 is the lowest useful one. */
export const ASN_MIN = 1;
export const ASN_MAX = 4294967295;

/**
 * Alias of a VNet. Proxmox VE accepts other characters in the call, writes them to vnets.cfg and
 * then fails to parse them, which loses the alias: only this set survives.
 */
export const ALIAS_PATTERN = /^[A-Za-z0-9 ()\-_.]{0,256}$/;
export const ALIAS_MAX_LENGTH = 256;

/** Node name: one DNS label (RFC 1123). Proxmox VE checks the form, not that the node exists. */
export const NODE_NAME_PATTERN = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/** One route target of `rt-import`: NUMBER:NUMBER; the ADDRESS:NUMBER form is refused. */
export const ROUTE_TARGET_PATTERN = /^\d+:\d+$/;

/** Splits a list as Proxmox VE writes it: `,`, `;` or blanks between the items. */
export function splitList(list: string | undefined): string[] {
  return (list ?? "").split(/[,;\s]+/).filter((item) => item !== "");
}

/** Ids and limits of Proxmox VE's SDN API, as its schemas and answers show them (8.4 to 9.2-pre). */

/** Largest AS number: 32 bits (RFC 6793). */
export const ASN_MAX = 4294967295;

/** Largest VNI of a VNet (`tag`) or a VRF (`vrf-vxlan`): 24 bits (RFC 7348). */
export const VNI_MAX = 16777215;

/** A controller's id; 2 to 64 characters, in any case. */
export const CONTROLLER_ID_PATTERN = /^[a-z][a-z0-9_-]*[a-z0-9]$/i;

/** A zone's or VNet's id; 2 to 8 characters, so that the bridge's name fits Linux. */
export const ZONE_ID_PATTERN = /^(?=.{2,8}$)[a-z][a-z0-9]*[a-z0-9]$/i;

/** A VNet's alias; other characters are stored and then lost when PVE reads its file again. */
export const ALIAS_PATTERN = /^[A-Za-z0-9 ()\-_.]*$/;

/** A node's name: an RFC 1123 label. */
export const NODE_NAME_PATTERN = /^[a-zA-Z0-9]([a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?$/;

import { createHash } from "node:crypto";
import { readStatements, placeText, isHeader, Statement } from "./frr-statements";

/** Texts of the two files on a node; undefined when there is no such file. */
export interface FrrFiles {
  /** /etc/frr/frr.conf.local, where the block lives. */
  local?: string;
  /** /etc/frr/frr.conf, into which Proxmox VE merges it. */
  merged?: string;
}

/** SHA-256 of a block's text, first 16 hex digits. */
export function blockHash(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}

/**
 * The block of an owner as it stands in frr.conf.local, markers included, as the install script would
 * find it; undefined when it is not there or its end is missing.
 */
export function blockIn(local: string, owner: string): string | undefined {
  const lines = local.split("\n");
  const bare = lines.map((line) => line.replace(/[ \t\r]+$/, ""));
  const begin = bare.indexOf(`! BEGIN proxmox-evpn ${owner}`);
  const end = bare.indexOf(`! END proxmox-evpn ${owner}`, begin);
  return begin < 0 || end < 0 ? undefined : `${lines.slice(begin, end + 1).join("\n")}\n`;
}

/** Statements of the block that frr.conf does not have in their place. */
export function notMerged(block: string, merged: string): Statement[] {
  const key = ({ text, place }: Statement) => `${placeText(place)}\n${text}`;
  const there = new Set(readStatements(merged).map(key));
  return readStatements(block).filter(
    (statement) => !isHeader(statement) && !there.has(key(statement)),
  );
}

/**
 * How a node's files differ from what was installed there; empty when the block stands in frr.conf.local
 * byte for byte and every statement of it in frr.conf.
 * @param installed hash of the block's text, see {@link blockHash}
 */
export function blockDrift(files: FrrFiles, owner: string, installed: string): string {
  if (files.local === undefined) return "frr.conf.local is gone";
  const block = blockIn(files.local, owner);
  if (block === undefined) return "the block is not in frr.conf.local, or not all of it";
  if (blockHash(block) !== installed) {
    return "the block in frr.conf.local is not the one that was installed";
  }
  if (files.merged === undefined) return "frr.conf is gone";
  const missing = notMerged(block, files.merged);
  const [first] = missing;
  if (first === undefined) return "";
  const more = missing.length > 1 ? `, and ${missing.length - 1} more lines of the block` : "";
  return `frr.conf lacks \`${first.text}\` in ${placeText(first.place)}${more}`;
}

import { PVE_VERSIONS, type PveVersion } from "../../pve-model/types";

/** `--pve VERSION` of the arguments, which may hold nothing else. */
export function pveVersion(args: readonly string[]): PveVersion | undefined {
  if (args.length === 0) return undefined;
  const [option = "", version = ""] = args.length === 1 ? (args[0]?.split("=") ?? []) : args;
  const known = PVE_VERSIONS.find((candidate) => candidate === version);
  if (args.length <= 2 && option === "--pve" && known) return known;
  throw new Error(
    `'${args.join(" ")}' is no option here; there is --pve with ${PVE_VERSIONS.join(", ")}.`,
  );
}

import type { FabricIntent } from "./intent";
import type { Row } from "./row";

const OF_A_LINK = ["link", "underlay", "neighbor"];

/**
 * A dead node that is marked `retired` leaves links without carrier and without sessions at its neighbors.
 * The config does not say which interface leads where, so with a retired node none of them is blamed;
 * what a link between living nodes is needed for is seen by the path from VTEP to VTEP.
 */
export function forgiveRetired({ retired = [], nodes }: FabricIntent, rows: Row[]): Row[] {
  if (retired.length === 0) return rows;
  const mesh = new Map(nodes.map(({ name, meshInterfaces }) => [name, meshInterfaces]));
  const reason = `${retired.join(", ")} is retired and may be at the other end`;
  return rows.map((row) => {
    const isMesh = row.device !== undefined && mesh.get(row.node)?.includes(row.device);
    const isDead = row.status === "fail" && row.cause !== "link-down" && row.cause !== "link-mtu";
    if (!isMesh || !isDead || !OF_A_LINK.includes(row.check)) return row;
    const { cause: _cause, likely: _likely, look: _look, ...seen } = row;
    return { ...seen, status: "warn", reason };
  });
}

/** What a UPID says of a task. Times in seconds since 1970, `pstart` in clock ticks since boot. */
export interface Upid {
  node: string;
  pid: number;
  pstart: number;
  starttime: number;
  /** reloadnetworkall, srvreload. */
  type: string;
  /** What the task works on; empty for reloadnetworkall. */
  id: string;
  user: string;
}

/** PVE's text form: `UPID:NODE:PID:PSTART:STARTTIME:TYPE:ID:USER:`, numbers in hexadecimal. */
export function upidText(upid: Upid): string {
  const hex = (value: number) => value.toString(16).toUpperCase().padStart(8, "0");
  const { node, type, id, user } = upid;
  const numbers = [upid.pid, upid.pstart, upid.starttime].map(hex).join(":");
  return `UPID:${node}:${numbers}:${type}:${id}:${user}:`;
}

/** Takes a UPID apart; undefined when it has another form. */
export function parseUpid(text: string): Upid | undefined {
  const parts =
    /^UPID:([a-zA-Z0-9-]+):([0-9A-F]{8}):([0-9A-F]{8,9}):([0-9A-F]{8}):([^:\s]+):([^:\s]*):([^:\s/]+):$/.exec(
      text,
    );
  if (!parts) return undefined;
  const [, node = "", pid = "", pstart = "", starttime = "", type = "", id = "", user = ""] = parts;
  const number = (hex: string) => Number.parseInt(hex, 16);
  return {
    node,
    pid: number(pid),
    pstart: number(pstart),
    starttime: number(starttime),
    type,
    id,
    user,
  };
}

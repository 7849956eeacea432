import * as fs from "node:fs";
import type { Cluster } from "./cluster";
import { writeWhole } from "./process-file";

/** A virtual machine or container as PVE's lists and its configuration file have it. */
export interface Guest {
  vmid: number;
  name: string;
  node: string;
  type: "qemu" | "lxc";
  status: "running" | "stopped";
  /** The configuration's options: `net0: virtio=MAC,bridge=vnet101`. */
  config: Record<string, string | number>;
  /** Made through the API: it runs as long as its cable is there, whatever `status` says. */
  cabled?: true;
}

const listMs = 30_000;

/**
 * All guests of the cluster. Two sources: `guests.json` in the stand-in's folder (a list of Guest,
 * read anew every time; machines made through the API are kept there), and the lab's test guests, each
 * of which is shown as a running virtual machine of the number that names its port. Test guests and
 * machines run as long as their cable is there: they stop when their node or the lab does.
 */
export async function readGuests(cluster: Cluster): Promise<Guest[]> {
  const kept = keptGuests(cluster.guestsFile);
  const taken = new Set(kept.map(({ vmid }) => vmid));
  const { stdout } = await cluster.shell.run("lab", "lab-guest list\n", listMs);
  const ofLab = stdout.split("\n").flatMap((line) => labGuest(line) ?? []);
  const running = new Set(
    ofLab.filter((each) => each.status === "running").map((each) => each.vmid),
  );
  const now = kept.map((guest): Guest => {
    if (!guest.cabled) return guest;
    return { ...guest, status: running.has(guest.vmid) ? "running" : "stopped" };
  });
  return [...now, ...ofLab.filter(({ vmid }) => !taken.has(vmid))];
}

/** Changes `guests.json` as a whole. */
export function keepGuests(file: string, change: (guests: Guest[]) => Guest[]): void {
  writeWhole(file, `${JSON.stringify(change(keptGuests(file)), null, 1)}\n`, 0o600);
}

function keptGuests(file: string): Guest[] {
  try {
    return JSON.parse(fs.readFileSync(file, "utf8")) as Guest[];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** A line of `lab-guest list`: `NAME up|gone node=pve01 vnet=vnet101 … mac= id=101`. */
function labGuest(line: string): Guest | undefined {
  const [name = "", state, ...words] = line.trim().split(" ");
  if (state !== "up" && state !== "gone") return undefined;
  const values = new Map(words.map((word) => word.split("=", 2) as [string, string]));
  const vmid = Number(values.get("id"));
  const node = values.get("node");
  if (!node || !Number.isInteger(vmid) || vmid < 100) return undefined;
  const mac = values.get("mac") || macOf(vmid);
  const net0 = `virtio=${mac},bridge=${values.get("vnet")}`;
  const status = state === "up" ? "running" : "stopped";
  return { vmid, name, node, type: "qemu", status, config: { name, net0 } };
}

// As lab-guest makes it of the number.
function macOf(vmid: number): string {
  const bytes = [16, 8, 0].map((shift) => ((vmid >> shift) & 255).toString(16).padStart(2, "0"));
  return `02:00:00:${bytes.join(":")}`.toUpperCase();
}

import type { CauseId } from "../../verify/causes";
import type { NodeName } from "../fixtures/observations";

/** Commands by the machine on which they run (`lab` is the guest that holds the nodes). */
export type Commands = Partial<Record<NodeName | "lab", string>>;

/**
 * One way in which a fabric breaks. The test on the lab provokes it, the troubleshooting page tells of
 * it: a fault that is in one is in the other.
 */
export interface Fault {
  id: string;
  /** Section of the troubleshooting page. */
  chapter: Chapter;
  /** What happened, as a headline. */
  title: string;
  /** What somebody sees who does not know yet. */
  symptom: string;
  provoke: Commands;
  undo: Commands;
  /** Every row that fails, as `node check subject`, and no other one. */
  fails: string[];
  cause: CauseId;
  /** Some rows that are not as expected either and follow from those, on other nodes where there are any. */
  follows?: string[];
  /** Proxmox VE has to be asked for this one. */
  asksCluster?: true;
}

/** The first four are the headings of the document that this project began with. */
export const CHAPTERS = {
  routes: "EVPN routes not appearing",
  tunnels: "VXLAN tunnels not creating",
  guests: "VM connectivity issues",
  mtu: "MTU issues",
  underlay: "The mesh between the nodes",
  outside: "The way outside",
  pve: "Proxmox VE's own view",
} as const;
export type Chapter = keyof typeof CHAPTERS;

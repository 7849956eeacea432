/** One node of the lab's cluster; the addresses are the ones in `nodes/<name>/interfaces`. */
export interface LabNode {
  /** 1 to 3, the last part of every address. */
  id: number;
  /** Host name and SSH alias. */
  name: "pve01" | "pve02" | "pve03";
  /** Management addresses on vmbr0. */
  management4: string;
  management6: string;
  /** VTEP addresses on lo, declared in /etc/network/interfaces. */
  loopback4: string;
  loopback6: string;
  /** Ends of the ring's cables, MTU 9216; f0 goes to the next node's f1. */
  mesh: readonly [string, string];
}

export const labNodes: readonly LabNode[] = ([1, 2, 3] as const).map((id) => ({
  id,
  name: `pve0${id}` as const,
  management4: `10.0.10.${id}`,
  management6: `2001:db8:10::${id}`,
  loopback4: `10.255.0.${id}`,
  loopback6: `fd00:255::${id}`,
  mesh: ["enp1s0f0np0", "enp1s0f1np1"] as const,
}));

/** The guest's root namespace: the nodes' default gateway and the place of `lab-node` and `lab-guest`. */
export const labRoot = { name: "lab", management4: "10.0.10.254" } as const;

/** All SSH aliases of `.lab/ssh_config` with the address that each has inside the guest. */
export const sshAliases: readonly { name: "pve01" | "pve02" | "pve03" | "lab"; address: string }[] =
  [
    ...labNodes.map((node) => ({ name: node.name, address: node.management4 })),
    { name: labRoot.name, address: labRoot.management4 },
  ];

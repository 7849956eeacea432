// The whole program under a real engine, on toy nodes, against each version of Proxmox VE.
import * as fs from "node:fs";
import * as path from "node:path";
import { FabricProject, fabricProject } from "../fixtures/fabric-project";

jest.setTimeout(900_000);

let fabric: FabricProject;
afterEach(() => fabric?.close());

const STACK = ["--yes", "--skip-preview", "--stack", "lab"];

it.each(["8.4", "9.2-pre"] as const)(
  "%s: a refresh right after `up` finds no drift, guests stop a destroy, and then it leaves nothing",
  async (version) => {
    fabric = await fabricProject(version);
    const { cluster } = fabric;
    await fabric.up();
    const refreshed = await fabric.pulumi("refresh", "--expect-no-changes", ...STACK);
    expect(refreshed).toMatchObject({ code: 0 });
    expect(cluster.applies()).toBe(1);

    const guests = path.join(cluster.stateDir, "guests.json");
    const config = { net0: "virtio=02:00:00:00:00:01,bridge=vnet102" };
    const db = { vmid: 110, name: "db", node: "pve03", type: "lxc", status: "running", config };
    fs.writeFileSync(guests, JSON.stringify([db]));
    const refused = await fabric.pulumi("destroy", ...STACK);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain("db (container 110 on pve03)");
    expect(await cluster.get("/cluster/sdn/vnets")).toHaveLength(4);

    fs.rmSync(guests);
    const destroyed = await fabric.pulumi("destroy", ...STACK);
    expect(destroyed).toMatchObject({ code: 0 });
    expect(cluster.applies()).toBe(2);
    expect(await cluster.get("/cluster/sdn/zones", "--pending", "1")).toEqual([]);
    expect(await cluster.get("/cluster/sdn/controllers", "--pending", "1")).toEqual([]);
    const stale = /Proxmox VE 8 leaves \/etc\/frr\/frr\.conf/.test(destroyed.output);
    expect(stale).toBe(version === "8.4");
    for (const node of cluster.nodes) {
      expect(node.read("etc/frr/frr.conf.local")).toBeUndefined();
      expect(fs.readdirSync(path.join(node.root, "sys/class/net"))).not.toContain("vxlan_vnet100");
    }
  },
);

// Between a machine's properties and PVE's `netN`, `ipconfigN` and their like.
import type { Properties, Value } from "../wire";
import type { Form } from "./api";

export const asObject = (value: Value | undefined): Properties =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
export const asList = (value: Value | undefined): Properties[] =>
  Array.isArray(value) ? value.map(asObject) : [];

const text = (value: Value | undefined): string | undefined =>
  value === undefined || value === null ? undefined : String(value);
const flag = (value: Value | undefined): number | undefined =>
  typeof value === "boolean" ? Number(value) : undefined;

/** `a=1,b=2`, without what is not set; undefined when nothing is. */
function joined(parts: Record<string, Value | undefined>): string | undefined {
  const set = Object.entries(parts).filter(([, value]) => value !== undefined && value !== null);
  if (set.length === 0) return undefined;
  return set.map(([name, value]) => `${name}=${String(value)}`).join(",");
}

function netOf(nic: Properties): string {
  const model = text(nic.model) ?? "virtio";
  const head = nic.macAddress ? `${model}=${text(nic.macAddress)}` : model;
  // 0 is how the provider writes "none" for a VLAN and for an MTU.
  const rest = joined({
    bridge: nic.bridge ?? "vmbr0",
    firewall: nic.firewall === undefined ? undefined : flag(nic.firewall),
    mtu: nic.mtu || undefined,
    tag: nic.vlanId || undefined,
  });
  return `${head},${rest}`;
}

function ipConfigOf(config: Properties): string | undefined {
  const [v4, v6] = [asObject(config.ipv4), asObject(config.ipv6)];
  return joined({ ip: v4.address, gw: v4.gateway, ip6: v6.address, gw6: v6.gateway });
}

function diskOf(disk: Properties): string {
  const store = text(disk.datastoreId) ?? "local-lvm";
  const imported = joined({ "import-from": disk.importFrom });
  return imported ? `${store}:0,${imported}` : `${store}:${text(disk.size) ?? "8"}`;
}

/** What a create or an update sends for these properties. */
export function toVmForm(news: Properties): Form {
  const cpu = asObject(news.cpu);
  const start = asObject(news.initialization);
  const form: Record<string, string | number | undefined> = {
    name: text(news.name),
    description: text(news.description),
    tags: Array.isArray(news.tags) ? news.tags.map(String).sort().join(";") : undefined,
    cores: text(cpu.cores),
    sockets: text(cpu.sockets),
    cpu: text(cpu.type),
    memory: text(asObject(news.memory).dedicated),
    ostype: text(asObject(news.operatingSystem).type),
    scsihw: text(news.scsiHardware),
    onboot: flag(news.onBoot),
    agent: news.agent === undefined ? undefined : `enabled=${flag(asObject(news.agent).enabled)}`,
    nameserver: Array.isArray(asObject(start.dns).servers)
      ? (asObject(start.dns).servers as Value[]).map(String).join(" ")
      : undefined,
    searchdomain: text(asObject(start.dns).domain),
  };
  asList(news.networkDevices).forEach((nic, slot) => (form[`net${slot}`] = netOf(nic)));
  asList(start.ipConfigs).forEach((each, slot) => (form[`ipconfig${slot}`] = ipConfigOf(each)));
  asList(news.disks).forEach((disk) => (form[text(disk.interface) ?? "scsi0"] = diskOf(disk)));
  if (news.initialization !== undefined) {
    form[text(start.interface) ?? "ide2"] = `${text(start.datastoreId) ?? "local-lvm"}:cloudinit`;
  }
  return Object.fromEntries(Object.entries(form).filter(([, value]) => value !== undefined));
}

const parts = (line: string) =>
  new Map(line.split(",").map((part) => part.split("=", 2) as [string, string | undefined]));

/** A `netN` as properties; only those that the program set before are compared with it. */
export function nicFrom(line: string): Properties {
  const values = parts(line);
  const [model = "", mac = ""] = (line.split(",")[0] ?? "").split("=");
  const number = (name: string) => Number(values.get(name) ?? 0);
  return {
    model,
    macAddress: mac,
    bridge: values.get("bridge") ?? "",
    vlanId: number("tag"),
    mtu: number("mtu"),
    firewall: values.get("firewall") === "1",
  };
}

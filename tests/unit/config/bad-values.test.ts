import { fieldPaths, settings } from "../../../config/settings";
import { violationLine } from "../../../config/violation";
import { labConfig } from "../../fixtures/stack-config";
import { absent, changed, shownPath, violationsIn } from "./refusal";

/**
 * One mistake each in the lab's config: where, what stands there, the reason, the remedy (a part of
 * each is enough). Values stand as Pulumi's engine hands them over (seen with 3.259): `1e3` and
 * `0x10` arrive as the numbers 1000 and 16, `010` as 8, `yes` and `on` as text, an empty field as
 * null, a date as text, an empty section as empty text.
 */
type Row = [string, unknown, RegExp, RegExp];

const LIST_OF_ALL: Row[] = [
  // cluster
  ["cluster", absent, /is missing/, /Set it/],
  ["cluster", "lab", /is text, but this setting has fields/, /YAML mapping/],
  ["cluster", "", /is empty/, /take the line out/],
  ["cluster.name", "ein Netz", /is not a key/, /Correct/],
  ["cluster.name", 1000, /is a number to YAML/, /Put it in quotes/],
  ["cluster.pveVersion", 9.1, /must be one of: 8.4, 9.1/, /Put it in quotes/],
  ["cluster.pveVersion", "7.4", /must be one of: 8.4, 9.1/, /Use one of them/],
  ["cluster.entryNode", "pve 01", /is not a node name/, /Correct/],
  ["cluster.api", null, /is empty/, /Set it/],
  ["cluster.api.endpoint", absent, /is missing/, /Set it/],
  ["cluster.api.endpoint", "http://pve01:8006", /is not an https/, /Correct/],
  ["cluster.api.endpoint", "pve01:8006", /is not an https/, /Correct/],
  ["cluster.api.endpoint", "https://pve01:99999", /is not an https/, /Correct/],
  ["cluster.api.endpoint", "https://pve01:8006/api2/json", /more than a host/, /Correct/],
  ["cluster.api.caFile", "", /is not a path/, /Correct/],
  ["cluster.api.insecure", "yes", /must be true or false/, /without quotes/],
  ["cluster.api.insecure", 1, /must be true or false/, /Write true or false/],
  // ssh
  ["ssh", ["root"], /is a list, but this setting has fields/, /YAML mapping/],
  ["ssh.user", "Root", /is not a user name/, /Correct/],
  ["ssh.user", "-oProxyCommand=id", /is not a user name/, /Correct/],
  ["ssh.privateKeyFile", "", /is not a path/, /Correct/],
  ["ssh.timeoutSeconds", 0, /from 1 to 86400/, /Correct/],
  ["ssh.timeoutSeconds", "60s", /from 1 to 86400/, /Correct/],
  // nodes
  ["nodes", "pve01", /is text, but a list is wanted/, /YAML list/],
  ["nodes", { pve01: {} }, /is a mapping, but a list is wanted/, /YAML list/],
  ["nodes", [], /at least one node/, /Correct/],
  ["nodes.0", "pve01", /is text, but this setting has fields/, /YAML mapping/],
  ["nodes.0.name", absent, /is missing/, /Set it/],
  ["nodes.0.name", "pve01.example.net", /is not a node name/, /Correct/],
  ["nodes.0.name", "ｐve01", /is not a node name.*U\+FF50/, /Correct/],
  ["nodes.0.name", true, /is a boolean to YAML/, /Put it in quotes/],
  ["nodes.1.address", "10.0.10.256", /is not an address or host name/, /Correct/],
  ["nodes.1.address", "10.0.10.1:22", /is not an address or host name/, /Correct/],
  ["nodes.1.address", "-oProxyCommand=id", /is not an address or host name/, /Correct/],
  ["nodes.1.port", 70000, /from 1 to 65535/, /Correct/],
  ["nodes.1.port", "22", /is text/, /Drop the quotes/],
  ["nodes.1.hostKey", "SHA256:abcdef", /is not a host key/, /Correct/],
  ["nodes.1.loopback", "10.255.0.2", /is text, but this setting has fields/, /YAML mapping/],
  ["nodes.1.loopback", {}, /needs an ipv4 or an ipv6/, /Correct/],
  ["nodes.1.loopback.ipv4", "10.255.0.2/32", /has a prefix length/, /Correct/],
  ["nodes.1.loopback.ipv4", "10.255.0.02", /leading zeros/, /Correct/],
  ["nodes.1.loopback.ipv4", "10.255.2", /is not an IP address/, /Correct/],
  ["nodes.1.loopback.ipv4", "0x0a.255.0.2", /is not an IP address/, /Correct/],
  ["nodes.1.loopback.ipv4", "fd00:255::2", /is an IPv6 address/, /Correct/],
  ["nodes.1.loopback.ipv4", "127.0.0.1", /own loopback address/, /Correct/],
  ["nodes.1.loopback.ipv4", "224.0.0.5", /multicast/, /Correct/],
  ["nodes.1.loopback.ipv4", "", /is not an IP address/, /Correct/],
  ["nodes.1.loopback.ipv4", null, /is empty/, /take the line out/],
  ["nodes.1.loopback.ipv4", " 10.255.0.2", /blanks around/, /Correct/],
  ["nodes.1.loopback.ipv6", "fe80::1%eth0", /zone index/, /Correct/],
  ["nodes.1.loopback.ipv6", "fe80::1", /link-local/, /Correct/],
  ["nodes.1.loopback.ipv6", "::ffff:10.0.0.1", /IPv4 address or a port in it/, /Correct/],
  ["nodes.1.loopback.ipv6", "::ffff:a00:1", /written as IPv6/, /Correct/],
  ["nodes.1.loopback.ipv6", "::", /unspecified/, /Correct/],
  ["nodes.1.loopback.ipv6", "[fd00::2]", /is not an IP address/, /Correct/],
  ["nodes.1.loopback.ipv6", "fd00:255:::2", /is not an IP address/, /Correct/],
  ["nodes.1.routerId", "router-1", /is not an IP address/, /Correct/],
  ["nodes.1.meshInterfaces", "enp1s0f0np0", /is text, but a list/, /YAML list/],
  ["nodes.1.meshInterfaces", [], /at least one interface/, /Correct/],
  ["nodes.1.meshInterfaces.0", "enp1s0f0np0-too-long", /is not an interface name/, /Correct/],
  // fabric, controller
  ["fabric", absent, /is missing/, /Set it/],
  ["fabric.asn", 0, /from 1 to 4294967295/, /Correct/],
  ["fabric.asn", 4294967296, /from 1 to 4294967295/, /Correct/],
  ["fabric.asn", 9007199254740993, /from 1 to 4294967295/, /Correct/],
  ["fabric.asn", 1e300, /from 1 to 4294967295/, /Correct/],
  ["fabric.asn", "AS65000", /from 1 to 4294967295/, /Correct/],
  ["fabric.asn", "0xfde8", /is text/, /Drop the quotes/],
  ["fabric.asn", 65000.1, /whole number/, /Correct/],
  ["fabric.underlayMtu", 1279, /from 1280 to 65520/, /Correct/],
  ["controller.id", "f", /is not a controller id/, /Correct/],
  ["controller.id", "frr-", /is not a controller id/, /Correct/],
  ["controller.peers", "10.255.0.1,10.255.0.2", /is text, but a list/, /YAML list/],
  ["controller.peers", [], /at least one address/, /Correct/],
  ["controller.peers.1", "pve02", /is not an IP address/, /Correct/],
  ["controller.peers.1", "10.255.0.2/32", /has a prefix length/, /Correct/],
  // zone
  ["zone", absent, /is missing/, /Set it/],
  ["zone.id", "evpnzone1", /is not a zone or VNet id/, /Correct/],
  ["zone.id", "evpn-z1", /is not a zone or VNet id/, /Correct/],
  ["zone.id", "1evpn", /is not a zone or VNet id/, /Correct/],
  ["zone.id", "evpnz\u200b1", /is not a zone or VNet id.*U\+200B/, /Correct/],
  ["zone.id", 1000, /is a number to YAML/, /Put it in quotes/],
  ["zone.vrfVni", absent, /is missing/, /Set it/],
  ["zone.vrfVni", "4096", /is text/, /Drop the quotes/],
  ["zone.vrfVni", -4096, /from 1 to 16777215/, /Correct/],
  ["zone.vrfVni", 16777216, /from 1 to 16777215/, /Correct/],
  ["zone.vrfVni", 4096.5, /whole number/, /Correct/],
  ["zone.vrfVni", "2024-01-01 00:00:00 +0000 UTC", /whole number/, /Correct/],
  ["zone.vrfVni", [4096], /whole number/, /Correct/],
  ["zone.mtu", 575, /from 576 to 65520/, /Correct/],
  ["zone.mtu", "auto", /from 576 to 65520/, /Correct/],
  ["zone.exitNodes", "pve01", /is text, but a list/, /YAML list/],
  ["zone.exitNodes.1", null, /is empty/, /take the line out/],
  ["zone.primaryExitNode", null, /is empty/, /take the line out/],
  ["zone.exitNodesLocalRouting", "on", /must be true or false/, /without quotes/],
  ["zone.advertiseSubnets", "true", /must be true or false/, /without quotes/],
  ["zone.disableArpNdSuppression", "no", /must be true or false/, /without quotes/],
  ["zone.rtImport.0", "10.0.0.1:1", /is not a route target/, /Correct/],
  ["zone.rtImport.0", "4200001000:70000", /does not fit/, /Correct/],
  ["zone.rtImport.0", 3900001, /is a number to YAML/, /Put it in quotes/],
  // vnets
  ["vnets", { vnet100: {} }, /is a mapping, but a list/, /YAML list/],
  ["vnets.1", null, /is empty/, /take the line out/],
  ["vnets.1.id", "ｖnet101", /is not a zone or VNet id.*U\+FF56/, /Correct/],
  ["vnets.1.id", "vnet_101", /is not a zone or VNet id/, /Correct/],
  ["vnets.1.id", 8, /is a number to YAML/, /Put it in quotes/],
  ["vnets.1.key", "", /is not a key/, /Correct/],
  ["vnets.1.vni", 0, /from 1 to 16777215/, /Correct/],
  ["vnets.1.vni", null, /is empty/, /Set it/],
  ["vnets.1.alias", "Büro", /Proxmox VE stores and then loses.*U\+00FC/, /Correct/],
  ["vnets.1.alias", "a\nb", /stores and then loses.*U\+000A/, /Correct/],
  ["vnets.1.alias", "a\u200bb", /stores and then loses.*U\+200B/, /Correct/],
  ["vnets.1.alias", "a".repeat(257), /has 257 characters/, /Correct/],
  ["vnets.1.alias", 101, /is a number to YAML/, /Put it in quotes/],
  ["vnets.1.subnets", "fd00:101::/64", /is text, but a list/, /YAML list/],
  ["vnets.1.subnets.0", "fd00:101::/64", /is text, but this setting has fields/, /YAML mapping/],
  ["vnets.1.subnets.0.key", "the first", /is not a key/, /Correct/],
  ["vnets.1.subnets.0.cidr", absent, /is missing/, /Set it/],
  ["vnets.1.subnets.0.cidr", "fd00:101::", /has no prefix length/, /Correct/],
  ["vnets.1.subnets.0.cidr", "fd00:101::/129", /not a number from 1 to 128/, /Correct/],
  ["vnets.1.subnets.0.cidr", "fd00:101::%eth0/64", /zone index/, /Correct/],
  ["vnets.1.subnets.0.cidr", "::/0", /default route/, /Correct/],
  ["vnets.1.subnets.0.cidr", "fe80::/64", /link-local/, /Correct/],
  ["vnets.1.subnets.0.cidr", "::ffff:10.0.0.0/104", /IPv4 address or a port in it/, /Correct/],
  ["vnets.1.subnets.1.cidr", "10.101.0.0/8/8", /more than one prefix/, /Correct/],
  ["vnets.1.subnets.1.cidr", "10.101.0.0/33", /not a number from 1 to 32/, /Correct/],
  ["vnets.1.subnets.1.cidr", "10.101.0.0/024", /not a number from 1 to 32/, /Correct/],
  ["vnets.1.subnets.1.cidr", "10.101.0.0/255.255.255.0", /not a number/, /Correct/],
  ["vnets.1.subnets.1.cidr", "10.101/16", /does not begin with an address/, /Correct/],
  ["vnets.1.subnets.1.cidr", "10.101.0.0/24 ", /not a number from 1 to 32/, /Correct/],
  ["vnets.1.subnets.1.cidr", "10.101.00.0/24", /leading zeros/, /Correct/],
  ["vnets.1.subnets.1.cidr", "224.0.0.0/24", /multicast/, /Correct/],
  ["vnets.1.subnets.1.gateway", "10.101.0.1/24", /has a prefix length/, /Correct/],
  ["vnets.1.subnets.1.gateway", true, /is a boolean to YAML|must be text/, /Put it in quotes/],
  ["vnets.1.subnets.1.snat", "off", /must be true or false/, /without quotes/],
  // frr and the times
  ["frr", "mesh", /is text, but this setting has fields/, /YAML mapping/],
  ["frr.owner", "ansible", /must be one of: proxmox, operator/, /Use one of them/],
  ["frr.evpnSessions", "Mesh", /must be one of: vtep, mesh/, /Use one of them/],
  ["frr.routeReflection", 0, /must be true or false/, /Write true or false/],
  ["frr.advertiseSviIp", null, /is empty/, /take the line out/],
  ["apply.timeoutSeconds", 86401, /from 1 to 86400/, /Correct/],
  ["destroy.adopted", true, /must be one of: keep, delete/, /Use one of them/],
  ["health.timeoutSeconds", -1, /from 1 to 86400/, /Correct/],
];

it.each(LIST_OF_ALL)("%s = %p is one violation", (path, value, reason, remedy) => {
  const found = violationsIn(changed(labConfig(), path, value));
  expect(found.map((violation) => violation.path)).toEqual([shownPath(path)]);
  const [violation] = found;
  expect(violation?.reason).toMatch(reason);
  expect(violation?.remedy).toMatch(remedy);
  if (value !== absent && value !== null && value !== "") expect(violation?.value).toEqual(value);
});

it("judges every field of the schema", () => {
  const judged = new Set(LIST_OF_ALL.map(([path]) => path.replace(/\.\d+/g, "[]")));
  expect(fieldPaths(settings).filter((path) => !judged.has(path))).toEqual([]);
});

describe("what must not be shown", () => {
  const KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nc2VjcmV0\n-----END OPENSSH PRIVATE KEY-----";

  it.each([
    ["cluster.api.endpoint", "https://root:c2VjcmV0@pve01:8006", /holds a user or a password/],
    ["cluster.api.caFile", KEY, /holds the key itself/],
    ["ssh.privateKeyFile", KEY, /holds the key itself/],
    ["nodes.0.hostKey", KEY, /holds a private key/],
  ])("%s is named without its value", (path, value, reason) => {
    const [violation, ...rest] = violationsIn(changed(labConfig(), path, value));
    expect(rest).toEqual([]);
    const line = violation ? violationLine(violation) : "";
    expect(line).toMatch(reason);
    expect(line).not.toContain("c2VjcmV0");
    expect(line).not.toContain("BEGIN");
  });
});

it("shows characters that cannot be seen", () => {
  const [violation] = violationsIn(changed(labConfig(), "zone.id", "evpn\u200b\u202e1"));
  expect(violation && violationLine(violation)).toContain('"evpn\\u200b\\u202e1"');
});

import { CHECKS, Row } from "./row";

/**
 * Which failure explains which. A stopped bgpd on one node makes dozens of rows fail on all of them;
 * blame belongs to that one node. Each rule says: a failure of `root` explains a failure `row`.
 * docs/adr/0016 tells how the rules were chosen.
 */
type Rule = (root: Row, row: Row) => boolean;

const about = (node: string, row: Row) => row.node === node || row.peer === node;
const oneOf = (row: Row, ...checks: Row["check"][]) => checks.includes(row.check);

/** What BGP makes: sessions, routes and what follows from them. */
const isRouting = (row: Row) =>
  oneOf(
    row,
    ...(["underlay", "path", "mtu", "neighbor", "l3vni", "vtep", "route-target"] as const),
    ...(["type-3", "next-hop", "fdb", "type-2", "default", "vrf-route"] as const),
  );

/** What stands on a session between two VTEPs. */
const onSession = (row: Row) => oneOf(row, "type-3", "fdb", "type-2", "default", "next-hop");

/** The same two nodes, in either direction. */
const samePair = (a: Row, b: Row) =>
  (a.node === b.node && a.peer === b.peer) || (a.node === b.peer && a.peer === b.node);

const sameDevice = (a: Row, b: Row) => a.device !== undefined && a.device === b.device;

/** A whole node: it is gone, its FRR is, its loopback is, or FRR there runs something else. */
const wholeNode: Rule = (root, row) => {
  if (oneOf(root, "daemon") && row.node === root.node && oneOf(row, "block", "frr-config")) {
    return true;
  }
  // A node that is switched off takes the carrier of its links along.
  if (oneOf(root, "node") && row.check === "link") return row.cause === "link-no-carrier";
  if (oneOf(root, "node") && oneOf(row, "zone")) return row.node === root.node;
  return (
    oneOf(root, "node", "daemon", "loopback", "block", "frr-config") &&
    isRouting(row) &&
    (about(root.node, row) || row.peer === undefined)
  );
};

/** A block that somebody edited on disk is not what runs, either. */
const blockOnDisk: Rule = (root, row) =>
  root.check === "block" &&
  root.cause === "block-on-disk" &&
  row.cause === "block-not-running" &&
  row.node === root.node;

/** One link: its other end, its sessions, and what passed over it. */
const link: Rule = (root, row) => {
  if (root.check !== "link") return false;
  if (row.check === "link") {
    const down = root.cause === "link-down" && row.cause === "link-no-carrier";
    return down && row.node !== root.node && (row.peer === undefined || row.peer === root.node);
  }
  if (row.check === "underlay") {
    return row.node === root.node
      ? row.device === root.device
      : row.peer === undefined || row.peer === root.node;
  }
  return oneOf(row, "path", "mtu", "neighbor") || onSession(row) ? about(root.node, row) : false;
};

/** A kernel that does not forward breaks what passes through the node, wherever that shows. */
const forwarding: Rule = (root, row) =>
  root.check === "sysctl" && /forward/.test(root.subject) && oneOf(row, "path", "mtu", "neighbor");

/** A session on the mesh: the other end's, and the paths that have no other way. */
const underlay: Rule = (root, row) => {
  if (root.check !== "underlay") return false;
  if (row.check === "underlay") {
    const deaf = root.cause === "link-one-way" && row.cause === "link-silent";
    return deaf && row.node !== root.node && (row.peer === undefined || row.peer === root.node);
  }
  return (oneOf(row, "path", "mtu", "neighbor") || onSession(row)) && about(root.node, row);
};

/** No packets between two VTEPs: no session either, and nothing that comes over it. */
const path: Rule = (root, row) => {
  if (root.check !== "path") return false;
  if (row.check === "path") {
    const isOwn = root.cause === "path-lost" || root.cause === "path-elsewhere";
    return isOwn && row.cause === "path-silent" && samePair(root, row);
  }
  return (oneOf(row, "mtu", "neighbor") || onSession(row)) && samePair(root, row);
};

const neighbor: Rule = (root, row) =>
  root.check === "neighbor" &&
  onSession(row) &&
  (samePair(root, row) || (row.node === root.node && row.peer === undefined));

/** A VXLAN device: the node's own use of it, and what the others hear of it. */
const vxlan: Rule = (root, row) => {
  if (root.check !== "vxlan") return false;
  const own = row.node === root.node;
  const ofVrf = root.device?.startsWith("vrfbr_") === true;
  if (own && oneOf(row, "vtep", "bridge")) return row.check === "vtep" || sameDevice(root, row);
  if (own && ofVrf && oneOf(row, "l3vni", "default", "vrf-route", "route-target")) return true;
  if (ofVrf && oneOf(row, "default", "vrf-route")) return true;
  if (row.check === "next-hop") return ofVrf || root.cause === "vtep-wrong";
  return (
    sameDevice(root, row) &&
    oneOf(row, "route-target", "type-3", "fdb", "type-2") &&
    about(root.node, row)
  );
};

/** A bridge out of the VRF: its VNI and gateway work no more for routing. */
const vrf: Rule = (root, row) =>
  root.check === "vrf" &&
  row.node === root.node &&
  (oneOf(row, "l3vni", "default", "vrf-route", "vtep") ||
    (sameDevice(root, row) && oneOf(row, "route-target")));

const bridge: Rule = (root, row) =>
  root.check === "bridge" && oneOf(row, "type-2", "mac", "vxlan") && root.node === row.node;

/** The VRF's VNI or its route targets: no type-5 from or to the node. */
const l3vni: Rule = (root, row) => {
  if (root.check === "vtep") return oneOf(row, "next-hop", "fdb", "type-3", "type-2", "default");
  if (root.check === "l3vni") {
    return (
      (oneOf(row, "route-target", "vrf-route", "default") && row.node === root.node) ||
      row.check === "default"
    );
  }
  if (root.cause === "route-target-exported" && row.check === "default") return true;
  return (
    root.check === "route-target" &&
    row.node === root.node &&
    (oneOf(row, "default", "vrf-route") || (sameDevice(root, row) && oneOf(row, "fdb", "type-2")))
  );
};

/** A route that is not there makes no forwarding entry. */
const route: Rule = (root, row) =>
  root.check === "type-3" &&
  oneOf(row, "fdb", "type-2") &&
  row.node === root.node &&
  row.peer === root.peer &&
  sameDevice(root, row);

const duplicate: Rule = (root, row) => root.check === "mac" && row.check === "type-2";

const RULES: Rule[] = [
  ...[wholeNode, blockOnDisk, link, forwarding, underlay, path, neighbor],
  ...[vxlan, vrf, bridge, l3vni, route, duplicate],
];

const ORDER = Object.keys(CHECKS);
const rank = ({ check }: Row) => ORDER.indexOf(check);

/**
 * Marks failures that follow from other ones: they become warnings that name their root. A root always
 * stands before what it explains in the order of the checks (or says so by its cause), so that no two
 * rows explain each other away.
 */
export function markConsequences(rows: Row[]): Row[] {
  const failed = rows
    .filter(({ status }) => status === "fail")
    .sort((a, b) => rank(a) - rank(b) || Number(isEffect(a)) - Number(isEffect(b)));
  const roots: Row[] = [];
  const rootOf = new Map<Row, Row>();
  for (const row of failed) {
    const root = roots.find((each) => RULES.some((explains) => explains(each, row)));
    if (root) rootOf.set(row, root);
    else roots.push(row);
  }
  return rows.map((row) => {
    const root = rootOf.get(row);
    if (!root) return row;
    const { cause: _cause, likely: _likely, ...rest } = row;
    const { check, node, subject } = root;
    return { ...rest, status: "warn", follows: { check, node, subject } };
  });
}

/** A cause that another row of the same check may explain. */
const isEffect = ({ cause }: Row) =>
  cause === "block-not-running" ||
  cause === "link-no-carrier" ||
  cause === "link-silent" ||
  cause === "path-silent";

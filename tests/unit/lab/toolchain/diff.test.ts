import { difference } from "../../../../lab/toolchain/stand-ins/diff";
import {
  hasUnknown,
  plainProperties,
  same,
  secret,
  secretNames,
  toStruct,
  fromStruct,
  unknown,
  withSecrets,
} from "../../../../lab/toolchain/stand-ins/wire";

const rules = {
  inputs: ["alias", "id", "mtu", "nodes", "snat"],
  replaces: (name: string) => name === "id",
  kept: ["mtu"],
  defaults: { snat: false },
  sets: ["nodes"],
};
const state = { id: "z1", alias: "a", mtu: 1450, nodes: ["n1", "n2"], snat: false, pending: true };

const changes = (news: Parameters<typeof difference>[1], ignored: string[] = []) =>
  Object.fromEntries(difference(state, news, rules, ignored));

test("no change where the content is the same, whatever the order of a set", () => {
  expect(changes({ id: "z1", alias: "a", mtu: 1450, nodes: ["n2", "n1"] })).toEqual({});
});

test.each([
  ["an updated property", { ...state, alias: "b" }, { alias: "update" }],
  ["an unset property", { id: "z1", mtu: 1450, nodes: ["n1", "n2"] }, { alias: "delete" }],
  ["a replacing property", { ...state, id: "z2" }, { id: "updateReplace" }],
  ["an unset property that is kept", { id: "z1", alias: "a", nodes: ["n1", "n2"] }, {}],
  ["a value other than the default", { ...state, snat: true }, { snat: "update" }],
  ["a value that is not known yet", { ...state, alias: unknown }, { alias: "update" }],
])("%s", (_name, news, expected) => {
  expect(changes(news)).toEqual(expected);
});

test("a property that was not there is added", () => {
  expect(Object.fromEntries(difference({ id: "z1", snat: false }, state, rules))).toEqual({
    alias: "add",
    mtu: "add",
    nodes: "add",
  });
});

test("ignored properties never change", () => {
  expect(changes({ ...state, alias: "b", id: "z2" }, ["alias"])).toEqual({ id: "updateReplace" });
});

test("secrets are found at any depth, taken off and put back", () => {
  const given = { open: 1, deep: { list: [secret("s")] }, direct: secret({ a: 1 }) };
  expect(secretNames(given)).toEqual(["deep", "direct"]);
  const plain = { open: 1, deep: { list: ["s"] }, direct: { a: 1 } };
  expect(plainProperties(given)).toEqual(plain);
  expect(same(given, plain)).toBe(true);
  expect(secretNames(withSecrets(plain, ["direct", "absent"]))).toEqual(["direct"]);
});

test("properties survive the way through a gRPC struct", () => {
  const given = { text: "x", list: [1, true, null], deep: { a: { b: [] } }, hidden: secret("s") };
  expect(fromStruct(toStruct(given))).toEqual(given);
  expect(fromStruct(undefined)).toEqual({});
});

test("unknown values are seen at any depth", () => {
  expect(hasUnknown({ a: [{ b: unknown }] })).toBe(true);
  expect(hasUnknown({ a: ["04da6b54"] })).toBe(false);
});

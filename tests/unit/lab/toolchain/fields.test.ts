import type { Field } from "../../../../lab/toolchain/stand-ins/proxmoxve/fields";
import {
  fromObject,
  previewOutputs,
  toForm,
  unset,
} from "../../../../lab/toolchain/stand-ins/proxmoxve/fields";
import { unknown } from "../../../../lab/toolchain/stand-ins/wire";

const fields: Field[] = [
  { property: "controller", parameter: "controller", form: "text" },
  { property: "mtu", parameter: "mtu", form: "number", kept: true },
  { property: "exitNodes", parameter: "exitnodes", form: "joined", kept: true },
  { property: "peers", parameter: "peers", form: "repeated" },
  { property: "advertise", parameter: "advertise-subnets", form: "flag", default: false },
  { property: "rtImport", parameter: "rt-import", form: "text" },
];

test("lists are joined or repeated, flags are 0 and 1, what is unset or unknown is not sent", () => {
  const news = { controller: "frr", exitNodes: ["a", "b"], peers: ["1", "2"], mtu: unknown };
  expect(toForm(fields, news)).toEqual({
    controller: "frr",
    exitnodes: "a,b",
    peers: ["1", "2"],
    "advertise-subnets": 0,
  });
});

test("only properties that can be taken away are deleted", () => {
  const state = {
    controller: "frr",
    mtu: 1450,
    exitNodes: ["a"],
    rtImport: "1:1",
    advertise: true,
  };
  expect(unset(fields, state, { controller: "frr" })).toEqual(["rt-import"]);
});

test("pending values win over running ones, deleted ones are gone", () => {
  const data = {
    mtu: 1450,
    exitnodes: "a, b",
    "rt-import": "1:1",
    "advertise-subnets": 1,
    pending: { mtu: 1400, "rt-import": "deleted" },
  };
  expect(fromObject(fields, data)).toEqual({ mtu: 1400, exitNodes: ["a", "b"], advertise: true });
});

test("a number that comes as text is refused, as the provider does", () => {
  expect(() => fromObject(fields, { mtu: "1450" })).toThrow(
    "json: cannot unmarshal string into Go struct field .data.mtu of type int64",
  );
});

test("a preview doesn't know what the API will fill in", () => {
  expect(previewOutputs(fields, { mtu: 1450 }, ["state"])).toEqual({
    mtu: 1450,
    exitNodes: unknown,
    advertise: false,
    state: unknown,
  });
});

import * as fs from "node:fs";
import * as path from "node:path";
import { generateNodeFiles } from "../../../pve-model/generate";
import { PveVersion, RunningConfig } from "../../../pve-model/types";
import { FIXTURES } from "./vector-files";

const TARGET = path.join(FIXTURES, "target");
const read = (...parts: string[]) => fs.readFileSync(path.join(TARGET, ...parts), "utf8");
const runningConfig = JSON.parse(read("running-config.json")) as RunningConfig;

const MERGED: [PveVersion, string][] = [
  ["8.4", "v8"],
  ["9.1", "v91"],
  ["9.2-pre", "v92"],
];

describe.each(["pve01", "pve02", "pve03"])("the working configuration on %s", (node) => {
  const number = node.slice(-1);
  const files = (version: PveVersion) =>
    generateNodeFiles(version, {
      node,
      runningConfig,
      interfaces: read(node, "interfaces"),
      frrConfLocal: read(node, "frr.conf.local"),
      routes: {
        "8.8.8.8": `10.0.10.${number},vmbr0`,
        "2001:4860:4860::8888": `2001:db8:10::${number},vmbr0`,
      },
    });

  it.each(MERGED)("merges frr.conf.local as PVE %s does", (version, suffix) => {
    expect(files(version).frrConf).toBe(read(node, `frr.conf.merged.${suffix}`));
  });

  it("gives the interfaces.d/sdn of PVE 9.1", () => {
    expect(files("9.1").interfacesDSdn).toBe(read(node, "interfaces.d-sdn.pve91"));
  });
});

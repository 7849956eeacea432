import { generateNodeFiles } from "../../../pve-model/generate";
import { readVectors } from "./vector-files";

const vectors = readVectors();

it("has the recorded cases of three versions and two nodes", () => {
  expect(vectors).toHaveLength(72);
});

describe.each(vectors)("$name", ({ version, input, expected }) => {
  const files = generateNodeFiles(version, input);

  it("gives interfaces.d/sdn", () => {
    expect(files.interfacesDSdn).toBe(expected.interfaces_d_sdn);
  });

  it("gives frr.conf, or the error instead of it", () => {
    expect(files.frrError).toBe(expected.frr_error);
    expect(files.frrConf).toBe(expected.frr_conf);
    expect(files.warnings).toEqual(expected.warnings);
  });
});

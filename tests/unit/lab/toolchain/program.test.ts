import { ProgramInfo, RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { programCommand } from "../../../../lab/toolchain/stand-ins/nodejs/program";
import { requiredPlugins } from "../../../../lab/toolchain/stand-ins/nodejs/packages";
import { toStruct } from "../../../../lab/toolchain/stand-ins/wire";
import * as path from "node:path";

function request(options: Parameters<typeof toStruct>[0]): RunRequest {
  const info = new ProgramInfo();
  info.setProgramDirectory("/program");
  info.setRootDirectory("/program");
  info.setEntryPoint("index.ts");
  info.setOptions(toStruct(options));
  const run = new RunRequest();
  run.setInfo(info);
  run.setProject("p");
  run.setStack("lab");
  run.setMonitorAddress("127.0.0.1:1");
  run.getConfigMap().set("p:a:b", "v");
  return run;
}

test("node's own arguments come first, the program's entry point last", () => {
  const options = { nodeargs: "--import tsx", typescript: false };
  const { args, environment } = programCommand(request(options), "/sdk/run", "127.0.0.1:2");
  expect(args).toEqual(
    "--import tsx /sdk/run --monitor 127.0.0.1:1 --engine 127.0.0.1:2 --project p --root-directory /program --stack lab --pwd /program index.ts".split(
      " ",
    ),
  );
  expect(environment).not.toHaveProperty("PULUMI_NODEJS_TYPESCRIPT");
  // Only the first colon parts the namespace from the name.
  expect(JSON.parse(environment.PULUMI_CONFIG ?? "")).toEqual({ "p:config:a:b": "v" });
});

test("ts-node is on unless it is switched off", () => {
  const { environment } = programCommand(request({ tsconfig: "t.json" }), "/sdk/run", "");
  expect(environment).toMatchObject({
    PULUMI_NODEJS_TYPESCRIPT: "true",
    PULUMI_NODEJS_TSCONFIG_PATH: "t.json",
  });
});

test("the plugins of this project's packages are found", () => {
  expect(requiredPlugins(path.resolve(__dirname, "../../../.."))).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ name: "command", version: "1.2.1" }),
      expect.objectContaining({
        name: "proxmoxve",
        version: "8.6.0",
        server: "github://api.github.com/muhlba91/pulumi-proxmoxve",
      }),
    ]),
  );
});

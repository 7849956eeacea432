// Stand-in for pulumi-language-nodejs, which no package registry carries.
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import type { ServerWritableStream } from "@grpc/grpc-js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { LanguageRuntimeService } from "@pulumi/pulumi/proto/language_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/language_pb";
import { PackageDependency, PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { failure, serve, unary } from "../grpc-server";
import { engineAddress } from "../resource-provider";
import { dependencies, requiredPlugins, sdkFile } from "./packages";
import { programCommand } from "./program";

// The program's own way to say "I have already told the user what is wrong".
const bailStatus = 32;
let engine = engineAddress() ?? "";
const children = new Set<ChildProcess>();

const interrupt = () => {
  for (const child of children) child.kill("SIGINT");
};
const directoryOf = (request: { getInfo(): pb.ProgramInfo | undefined }) =>
  request.getInfo()?.getProgramDirectory() || process.cwd();

async function run(request: pb.RunRequest): Promise<pb.RunResponse> {
  const directory = directoryOf(request);
  const { args, environment } = programCommand(request, sdkFile("cmd/run", directory), engine);
  const child = spawn(process.execPath, args, {
    cwd: directory,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  // The engine shows what a language host writes as the program's own output.
  child.stdout.on("data", (data: Buffer) => process.stdout.write(data));
  child.stderr.on("data", (data: Buffer) => process.stderr.write(data));
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>(
    (resolve, reject) => {
      child.on("error", reject).on("close", (status, by) => resolve([status, by]));
    },
  ).finally(() => children.delete(child));
  const response = new pb.RunResponse();
  if (code === bailStatus) response.setBail(true);
  else if (code !== 0) {
    response.setError(`Program exited with non-zero exit code: ${code ?? signal}`);
  }
  return response;
}

function installDependencies(
  call: ServerWritableStream<pb.InstallDependenciesRequest, pb.InstallDependenciesResponse>,
): void {
  const child = spawn("npm", ["install", "--no-audit", "--no-fund"], {
    cwd: directoryOf(call.request),
  });
  children.add(child);
  child.stdout.on("data", (data: Buffer) => {
    const message = new pb.InstallDependenciesResponse();
    message.setStdout(data);
    call.write(message);
  });
  child.stderr.on("data", (data: Buffer) => {
    const message = new pb.InstallDependenciesResponse();
    message.setStderr(data);
    call.write(message);
  });
  child.on("error", (error) => call.emit("error", failure(error)));
  child.on("close", (code) => {
    children.delete(child);
    if (code === 0) call.end();
    else call.emit("error", failure(`npm install ended with status ${code}`));
  });
}

const handlers = {
  handshake: unary((request: pb.LanguageHandshakeRequest) => {
    engine = request.getEngineAddress() || engine;
    return new pb.LanguageHandshakeResponse();
  }),
  getPluginInfo: unary(() => new PluginInfo()),
  getRequiredPlugins: unary(() => new pb.GetRequiredPluginsResponse()),
  getRequiredPackages: unary((request: pb.GetRequiredPackagesRequest) => {
    const response = new pb.GetRequiredPackagesResponse();
    for (const { name, version, server } of requiredPlugins(directoryOf(request))) {
      const wanted = new PackageDependency();
      wanted.setKind("resource");
      wanted.setName(name);
      wanted.setVersion(version);
      if (server) wanted.setServer(server);
      response.addPackages(wanted);
    }
    return response;
  }),
  runtimeOptionsPrompts: unary(() => new pb.RuntimeOptionsResponse()),
  template: unary(() => new pb.TemplateResponse()),
  about: unary(() => {
    const response = new pb.AboutResponse();
    response.setExecutable(process.execPath);
    response.setVersion(process.version);
    response.getMetadataMap().set("language host", "stand-in of proxmox-evpn's lab");
    return response;
  }),
  getProgramDependencies: unary((request: pb.GetProgramDependenciesRequest) => {
    const response = new pb.GetProgramDependenciesResponse();
    for (const { name, version } of dependencies(directoryOf(request))) {
      const dependency = new pb.DependencyInfo();
      dependency.setName(name);
      dependency.setVersion(version);
      response.addDependencies(dependency);
    }
    return response;
  }),
  installDependencies,
  run: unary(run),
  cancel: unary(() => {
    interrupt();
    return new Empty();
  }),
};
serve(LanguageRuntimeService, handlers, interrupt);

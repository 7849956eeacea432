// The ResourceProvider service that both plugin stand-ins share. It turns gRPC messages into plain
// properties and back; what a resource does is each ResourceType's own.
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as pb from "@pulumi/pulumi/proto/provider_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import type { Difference } from "./diff";
import { difference } from "./diff";
import type { AtExit } from "./grpc-server";
import { serve, unary } from "./grpc-server";
import type { Properties } from "./wire";
import { fromStruct, plainProperties, secretNames, toStruct, withSecrets } from "./wire";

/** Where a change is being made. */
export interface Site {
  urn: string;
  /** The name that the program gave the resource. */
  name: string;
}

export interface ReadResult {
  id: string;
  outputs: Properties;
  /** What a user would have to write to get this object; refresh and import store it. */
  inputs: Properties;
}

/** One kind of resource. Properties arrive without secret marks; unknown values keep theirs. */
export interface ResourceType {
  /** Properties that are secret in the state even if the program did not mark them. */
  secrets?: readonly string[];
  /** Fills in defaults. Throws nothing: problems go to `problems`, as property and reason. */
  check(inputs: Properties, problems: (property: string, reason: string) => void): Properties;
  /** `state` is what the last operation stored, `inputs` what the program asked for then. */
  diff(
    state: Properties,
    inputs: Properties,
    news: Properties,
    ignored: readonly string[],
  ): Difference;
  /** Outputs of a create or update that only previews: `state` is missing for a create. */
  preview(news: Properties, state?: Properties): Properties;
  create(news: Properties, site: Site): Promise<{ id: string; outputs: Properties }>;
  update(id: string, news: Properties, state: Properties, site: Site): Promise<Properties>;
  /** Without a state when the resource is being imported. Nothing: the object is gone. */
  read(id: string, state: Properties, inputs: Properties): Promise<ReadResult | undefined>;
  delete(id: string, state: Properties, site: Site): Promise<void>;
}

export interface Plugin {
  name: string;
  version: string;
  types: Record<string, ResourceType>;
  /** Takes the provider's own configuration; must not touch the network (previews work offline). */
  configure(config: Properties): void;
  atExit?: AtExit;
}

const kinds = {
  add: pb.PropertyDiff.Kind.ADD,
  addReplace: pb.PropertyDiff.Kind.ADD_REPLACE,
  delete: pb.PropertyDiff.Kind.DELETE,
  deleteReplace: pb.PropertyDiff.Kind.DELETE_REPLACE,
  update: pb.PropertyDiff.Kind.UPDATE,
  updateReplace: pb.PropertyDiff.Kind.UPDATE_REPLACE,
};

function diffResponse(changes: Difference): pb.DiffResponse {
  const response = new pb.DiffResponse();
  const { DIFF_NONE, DIFF_SOME } = pb.DiffResponse.DiffChanges;
  response.setChanges(changes.size > 0 ? DIFF_SOME : DIFF_NONE);
  response.setDiffsList([...changes.keys()]);
  response.setHasdetaileddiff(true);
  for (const [name, kind] of changes) {
    const detail = new pb.PropertyDiff();
    detail.setKind(kinds[kind]);
    response.getDetaileddiffMap().set(name, detail);
    if (kind.endsWith("Replace")) response.addReplaces(name);
  }
  return response;
}

/** Serves a plugin until the engine ends it. */
export function servePlugin(plugin: Plugin): void {
  const typeOf = (urn: string): ResourceType => {
    const token = urn.split("::")[2]?.split("$").pop() ?? "";
    const type = plugin.types[token];
    if (type) return type;
    const known = Object.keys(plugin.types).join(", ");
    throw new Error(`the ${plugin.name} stand-in has no resource type ${token}: it has ${known}`);
  };
  const site = (request: { getUrn(): string }): Site => {
    const urn = request.getUrn();
    return { urn, name: urn.split("::").slice(3).join("::") };
  };
  /** Marks what came in as secret, or is always so, in what goes out. */
  const marked = (type: ResourceType, outputs: Properties, ...from: Properties[]) =>
    toStruct(withSecrets(outputs, [...(type.secrets ?? []), ...from.flatMap(secretNames)]));

  const handlers = {
    handshake: unary(() => {
      const response = new pb.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setAcceptResources(true);
      return response;
    }),
    getPluginInfo: unary(() => {
      const info = new PluginInfo();
      info.setVersion(plugin.version);
      return info;
    }),
    getSchema: unary(() => {
      const response = new pb.GetSchemaResponse();
      response.setSchema(JSON.stringify({ name: plugin.name, version: plugin.version }));
      return response;
    }),
    checkConfig: unary((request: pb.CheckRequest) => {
      const response = new pb.CheckResponse();
      response.setInputs(request.getNews());
      return response;
    }),
    // As bridged providers do: whatever differs from the last time, and nothing replaces the provider.
    diffConfig: unary((request: pb.DiffRequest) => {
      const olds = plainProperties(fromStruct(request.getOldInputs()));
      const news = plainProperties(fromStruct(request.getNews()));
      const inputs = [...new Set([...Object.keys(olds), ...Object.keys(news)])];
      return diffResponse(difference(olds, news, { inputs, replaces: () => false }));
    }),
    configure: unary((request: pb.ConfigureRequest) => {
      plugin.configure(plainProperties(fromStruct(request.getArgs())));
      const response = new pb.ConfigureResponse();
      response.setAcceptsecrets(true);
      response.setAcceptresources(true);
      response.setSupportspreview(true);
      return response;
    }),
    check: unary((request: pb.CheckRequest) => {
      const type = typeOf(request.getUrn());
      const news = fromStruct(request.getNews());
      const response = new pb.CheckResponse();
      const checked = type.check(plainProperties(news), (property, reason) => {
        const problem = new pb.CheckFailure();
        problem.setProperty(property);
        problem.setReason(reason);
        response.addFailures(problem);
      });
      response.setInputs(marked(type, checked, news));
      return response;
    }),
    diff: unary((request: pb.DiffRequest) => {
      const read = (struct: ReturnType<typeof request.getNews>) =>
        plainProperties(fromStruct(struct));
      return diffResponse(
        typeOf(request.getUrn()).diff(
          read(request.getOlds()),
          read(request.getOldInputs()),
          read(request.getNews()),
          request.getIgnorechangesList(),
        ),
      );
    }),
    create: unary(async (request: pb.CreateRequest) => {
      const type = typeOf(request.getUrn());
      const given = fromStruct(request.getProperties());
      const news = plainProperties(given);
      const response = new pb.CreateResponse();
      if (request.getPreview()) {
        response.setProperties(marked(type, type.preview(news), given));
        return response;
      }
      const { id, outputs } = await type.create(news, site(request));
      response.setId(id);
      response.setProperties(marked(type, outputs, given));
      return response;
    }),
    update: unary(async (request: pb.UpdateRequest) => {
      const type = typeOf(request.getUrn());
      const given = fromStruct(request.getNews());
      const news = plainProperties(given);
      const state = plainProperties(fromStruct(request.getOlds()));
      const outputs = request.getPreview()
        ? type.preview(news, state)
        : await type.update(request.getId(), news, state, site(request));
      const response = new pb.UpdateResponse();
      response.setProperties(marked(type, outputs, given));
      return response;
    }),
    read: unary(async (request: pb.ReadRequest) => {
      const type = typeOf(request.getUrn());
      const state = fromStruct(request.getProperties());
      const inputs = fromStruct(request.getInputs());
      const response = new pb.ReadResponse();
      const found = await type.read(
        request.getId(),
        plainProperties(state),
        plainProperties(inputs),
      );
      if (!found) return response; // an empty id says that the object is gone
      response.setId(found.id);
      response.setProperties(marked(type, found.outputs, state, inputs));
      response.setInputs(marked(type, found.inputs, state, inputs));
      return response;
    }),
    delete: unary(async (request: pb.DeleteRequest) => {
      const state = plainProperties(fromStruct(request.getProperties()));
      await typeOf(request.getUrn()).delete(request.getId(), state, site(request));
      return new Empty();
    }),
    cancel: unary(() => {
      plugin.atExit?.();
      return new Empty();
    }),
    attach: unary(() => new Empty()),
  };
  serve(ResourceProviderService, handlers, plugin.atExit);
}

/** The engine's address: the first argument of a plugin that is not an option. */
export function engineAddress(argv: readonly string[] = process.argv.slice(2)): string | undefined {
  return argv.find((argument) => !argument.startsWith("-"));
}

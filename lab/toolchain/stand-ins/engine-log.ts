import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";

/** Writes lines into the engine's output, beside the resource they belong to. */
export interface Log {
  /** A line that stays. */
  info(urn: string, message: string): void;
  /** A line that the next one replaces. */
  status(urn: string, message: string): void;
}

/**
 * @param address the engine's gRPC address, as the engine passes it to a plugin; without one (a
 *   plugin started by hand) lines go nowhere
 */
export function engineLog(address: string | undefined): Log {
  if (!address) return { info: () => undefined, status: () => undefined };
  const client = new EngineClient(address, grpc.credentials.createInsecure());
  const send = (urn: string, message: string, ephemeral: boolean) => {
    const request = new LogRequest();
    request.setSeverity(LogSeverity.INFO);
    request.setUrn(urn);
    request.setMessage(message);
    request.setEphemeral(ephemeral);
    client.log(request, () => undefined); // a lost line must not fail the operation it tells of
  };
  return {
    info: (urn, message) => send(urn, message, false),
    status: (urn, message) => send(urn, message, true),
  };
}

// What every stand-in shares as a Pulumi plugin: a gRPC server on a loopback port that the engine
// reads from the first line of standard output.
import * as grpc from "@grpc/grpc-js";

/** An error whose text the engine shows as it is. */
export function failure(error: unknown): Partial<grpc.StatusObject> {
  const details = error instanceof Error ? error.message : String(error);
  return { code: grpc.status.UNKNOWN, details };
}

/** Turns an async function of the request into a unary handler. */
export function unary<Request, Response>(
  answer: (request: Request) => Promise<Response> | Response,
): grpc.handleUnaryCall<Request, Response> {
  return (call, callback) => {
    Promise.resolve()
      .then(() => answer(call.request))
      .then(
        (response) => callback(null, response),
        (error: unknown) => callback(failure(error)),
      );
  };
}

/** Called once when the process is about to end, whoever asked for it. */
export type AtExit = () => void;

/**
 * Serves until the engine ends. Methods without a handler answer UNIMPLEMENTED, which is how the
 * engine learns what a plugin cannot do.
 */
export function serve(
  service: grpc.ServiceDefinition,
  handlers: grpc.UntypedServiceImplementation,
  atExit: AtExit = () => undefined,
): void {
  const size = 400 * 1024 * 1024; // the engine's own limit: a state can be large
  const server = new grpc.Server({
    "grpc.max_receive_message_length": size,
    "grpc.max_send_message_length": size,
  });
  server.addService(service, handlers);
  server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, port) => {
    if (error) {
      process.stderr.write(`cannot listen on 127.0.0.1: ${error.message}\n`);
      process.exit(1);
    }
    process.stdout.write(`${port}\n`);
  });
  const end = () => {
    atExit();
    process.exit(0);
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
  // An engine that was killed cannot tell its plugins; being given to another parent does.
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) end();
  }, 1000).unref();
}

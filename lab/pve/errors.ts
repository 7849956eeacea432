/** A parameter that PVE's schema or one of its formats refuses: HTTP 400, `pvesh` exit code 2. */
export class ParameterError extends Error {
  constructor(
    /** Parameter name -> what is wrong with it. */
    readonly errors: Readonly<Record<string, string>>,
    /** Whether `pvesh` adds its usage line: it does for schema errors, not for format errors. */
    readonly showsUsage = false,
    /** First line, without the status code. */
    readonly title = "Parameter verification failed.",
  ) {
    super(title);
  }
}

/** Any other refusal: HTTP 500 (or `status`) with the text as message. */
export class PveFailure extends Error {
  constructor(
    message: string,
    /** Exit code of `pvesh`: PVE's tools leave with the last system error's number, 255 without one. */
    readonly exitCode = 255,
    readonly status = 500,
  ) {
    super(message);
  }
}

/** The text that `pvesh` prints for a refusal, without the usage line and the final newline. */
export function refusalText(error: ParameterError | PveFailure): string {
  if (error instanceof PveFailure) return error.message;
  const names = Object.keys(error.errors).sort();
  return [`400 ${error.title}`, ...names.map((name) => `${name}: ${error.errors[name]}`)].join(
    "\n",
  );
}

/** `error` when it is a refusal of PVE's; anything else is a fault of the stand-in and is thrown on. */
export function asRefusal(error: unknown): ParameterError | PveFailure {
  if (error instanceof ParameterError || error instanceof PveFailure) return error;
  throw error;
}

/** The outcome of one check of one thing on one node. */
export interface Row {
  check: string;
  node: string;
  /** What was looked at: a device, a gateway, a neighbor. */
  subject: string;
  status: "pass" | "fail";
  expected: string;
  observed: string;
  /** For a failure: the likely cause, and the command to look closer. */
  hint?: string;
}

/** Makes a row of an expectation and what was seen; `undefined` means it was not there at all. */
export function row(
  base: Pick<Row, "check" | "node" | "subject" | "expected">,
  observed: string | undefined,
  hint: string,
): Row {
  const seen = observed ?? "missing";
  const status = seen === base.expected ? "pass" : "fail";
  return { ...base, observed: seen, status, ...(status === "fail" ? { hint } : {}) };
}

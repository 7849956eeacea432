import { CATALOGUE, CheckName } from "./catalogue";

/** An error stops the update before the first change; a warning is shown. */
export type Severity = "error" | "warning";

/** Something on a node, or in the cluster, with which an update would fail or do harm. */
export interface Finding {
  /** Name of the node; {@link CLUSTER} for what belongs to none of them. */
  node: string;
  check: CheckName;
  severity: Severity;
  /** What was seen. */
  what: string;
  /** Config path, where one takes part in it. */
  where?: string;
  why: string;
  remedy: string;
}

/** Stands for a node's name where the cluster as a whole is meant. */
export const CLUSTER = "cluster";

type Details = Partial<Pick<Finding, "where" | "why" | "remedy" | "severity">>;

/** A finding with what the catalogue says of its check, except for the given details. */
export function finding(
  node: string,
  check: CheckName,
  what: string,
  details: Details = {},
): Finding {
  const { severity, why, remedy } = CATALOGUE[check];
  return { node, check, severity, what, why, remedy, ...details };
}

export const errorsOf = (findings: readonly Finding[]) =>
  findings.filter(({ severity }) => severity === "error");

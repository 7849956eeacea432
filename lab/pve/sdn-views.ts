import { existing, words, type Call } from "./call";
import { pendingObjects, runningObjects } from "./pending";
import type { Parameters } from "./schema";
import type { Kind } from "./state";
import { subnetParts } from "./subnets";

/** An object as the API shows it. */
export type View = Record<string, unknown>;

/**
 * The objects of one kind by id: the desired ones, with `pending` beside the running ones, with
 * `running` as the last apply committed them. Sorted by id.
 */
export function objectViews(call: Call, kind: Kind, parameters: Parameters): Map<string, View> {
  const { files } = call;
  const running = () => runningObjects(files.state, kind);
  let objects: Record<string, View>;
  if (parameters.pending) objects = pendingObjects(running(), files.read(kind));
  else objects = parameters.running ? running() : files.read(kind);
  const digest = parameters.running ? {} : { digest: files.digest(kind) };
  const sorted = Object.entries(objects).sort(([a], [b]) => (a < b ? -1 : 1));
  return new Map(
    sorted.map(([id, object]) => [id, { ...object, ...added(kind, id, object), ...digest }]),
  );
}

/** One object, or PVE's refusal when there is none. */
export function objectView(call: Call, kind: Kind, id: string, parameters: Parameters): View {
  return existing(call, kind, id, Object.fromEntries(objectViews(call, kind, parameters)));
}

function added(kind: Kind, id: string, object: View): View {
  if (kind !== "subnets") return { [words[kind]]: id };
  const ranges = Array.isArray(object["dhcp-range"]) ? object["dhcp-range"] : [];
  return { ...subnetParts(id), id, subnet: id, "dhcp-range": ranges.map(rangeView) };
}

// "start-address=A,end-address=B" is an object in answers.
function rangeView(range: unknown): View {
  return Object.fromEntries(
    String(range)
      .split(",")
      .map((part) => part.split("=", 2) as [string, string]),
  );
}

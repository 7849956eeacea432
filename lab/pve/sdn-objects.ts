import { existing, inLock, words, type Call } from "./call";
import { optionsOf } from "./config-files";
import type { Kind, SdnObject, SdnObjects } from "./state";
import type { Parameters } from "./schema";
import { splitList } from "./formats";
import { checkController, checkControllerUnused } from "./controllers";
import { checkZone, checkZoneUnused, newZone } from "./zones";
import { checkVnet, checkVnetUnused, checkZoneChange } from "./vnets";
import { checkSubnet } from "./subnets";

/** Parameters that steer a write and are no options of the object. */
const steering = new Set(["digest", "delete", "lock-token"]);

/**
 * Creates an object. Order of the checks as in PVE: the type's options, the lock, the id, the rules.
 * @throws PveFailure (500) or ParameterError (400).
 */
export function createObject(call: Call, kind: Kind, id: string, parameters: Parameters): void {
  const object = optionsFrom(kind, parameters);
  checkOptions(call, kind, object);
  inLock(call, `create sdn ${words[kind]} object failed`, parameters["lock-token"], () => {
    const objects = call.files.read(kind);
    if (Object.hasOwn(objects, id)) {
      if (kind === "zones") call.files.readMissing();
      throw call.files.failure(`sdn ${words[kind]} object ID '${id}' already defined`);
    }
    const made = kind === "zones" ? newZone(object) : object;
    checkRules(call, kind, id, made, objects);
    call.files.write(kind, { ...objects, [id]: made });
  });
}

/**
 * Changes an object: options given are set, those named in `delete` are removed.
 * @throws PveFailure (500), for a `digest` that isn't the file's too.
 */
export function updateObject(call: Call, kind: Kind, id: string, parameters: Parameters): void {
  const { files } = call;
  inLock(call, `update sdn ${words[kind]} object failed`, parameters["lock-token"], () => {
    const objects = files.read(kind);
    const { digest } = parameters;
    if (digest !== undefined && digest !== files.digest(kind)) {
      throw files.failure(
        "detected modified configuration - file changed by other user? Try again.",
      );
    }
    const before = existing(call, kind, id, objects);
    const changes = optionsFrom(kind, parameters);
    const after = { ...before, ...changes };
    for (const name of splitList(String(parameters.delete ?? ""))) {
      checkRemoval(call, kind, name, changes);
      delete after[name];
    }
    checkOptions(call, kind, after);
    if (kind === "vnets") checkZoneChange(call, id, before, after);
    checkRules(call, kind, id, after, objects);
    files.write(kind, { ...objects, [id]: after });
  });
}

/**
 * Deletes an object that nothing uses. A subnet that isn't there is no error, as in PVE.
 * @throws PveFailure (500).
 */
export function deleteObject(call: Call, kind: Kind, id: string, parameters: Parameters): void {
  // PVE looks a VNet up before it takes the lock, so that this message has no prefix.
  if (kind === "vnets") existing(call, kind, id, call.files.read(kind));
  inLock(call, `delete sdn ${words[kind]} object failed`, parameters["lock-token"], () => {
    const objects = call.files.read(kind);
    if (kind === "subnets" && !Object.hasOwn(objects, id)) return;
    existing(call, kind, id, objects);
    if (kind === "controllers") checkControllerUnused(call, id);
    if (kind === "zones") checkZoneUnused(call, id);
    if (kind === "vnets") checkVnetUnused(call, id);
    delete objects[id];
    call.files.write(kind, objects);
  });
}

function checkRules(
  call: Call,
  kind: Kind,
  id: string,
  object: SdnObject,
  others: SdnObjects,
): void {
  if (kind === "controllers") checkController(call, id, object, others);
  if (kind === "zones") checkZone(call, id, object, others);
  if (kind === "vnets") checkVnet(call, id, object);
  if (kind === "subnets") checkSubnet(call, id, object);
}

function optionsFrom(kind: Kind, parameters: Parameters): SdnObject {
  const id = words[kind];
  const entries = Object.entries(parameters).filter(([name]) => name !== id && !steering.has(name));
  return Object.fromEntries(entries);
}

function checkOptions(call: Call, kind: Kind, object: SdnObject): void {
  const { required, optional } = optionsOf(call.files.data, kind);
  for (const name of Object.keys(object).sort()) {
    if (name === "type" || required.includes(name) || optional.includes(name)) continue;
    throw call.files.failure(`unexpected property '${name}'`);
  }
  for (const name of required) {
    if (object[name] !== undefined) continue;
    throw call.files.failure(`missing value for required option '${name}'`);
  }
}

function checkRemoval(call: Call, kind: Kind, name: string, changes: SdnObject): void {
  const { required, optional } = optionsOf(call.files.data, kind);
  if (required.includes(name)) {
    throw call.files.failure(`unable to delete required option '${name}'`);
  }
  if (!optional.includes(name)) throw call.files.failure(`no such option '${name}'`);
  if (changes[name] !== undefined) {
    throw call.files.failure(`unable to set and delete property '${name}' at the same time!`);
  }
}

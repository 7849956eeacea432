import { parseConfig } from "./parse";
import { configSchema, FabricConfig } from "./schema";

/** Text that is no JSON is a plain string where a section belongs: the schema refuses it by its path. */
function structured(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

/**
 * The config where it comes as Pulumi keeps it: JSON text by config key. Secrets are not asked for.
 * @throws ConfigError
 */
export function configFromTexts(textOf: (key: string) => string | undefined): FabricConfig {
  const entries = Object.keys(configSchema.shape).flatMap((key): [string, unknown][] => {
    const text = textOf(key);
    return text === undefined ? [] : [[key, structured(text)]];
  });
  return parseConfig(Object.fromEntries(entries));
}

import { violationsFrom } from "./issues";
import { configSchema, FabricConfig } from "./schema";
import { ConfigError } from "./violation";

/**
 * Checks the raw config (an object with one field per Pulumi config key) against the schema.
 * @throws ConfigError with all violations of the schema at once.
 */
export function parseConfig(raw: unknown): FabricConfig {
  const result = configSchema.safeParse(raw);
  if (result.success) return result.data;
  throw new ConfigError(violationsFrom(result.error.issues, raw));
}

/**
 * One thing that is wrong with the stack's config. All violations are collected before anything is
 * reported, so that a config is mended in one round.
 */
export interface Violation {
  /** Where: the config path as a person writes it, e.g. `vnets[1].subnets[0].gateway`. */
  path: string;
  /** What stands there; left out where the value is missing or must not be shown. */
  value?: unknown;
  /** Why it cannot work. */
  reason: string;
  /** What to do. */
  remedy: string;
}

const MAX_SHOWN = 80;

/** Characters that cannot be seen, or look like a blank, are written as \u escapes. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\u00a0\u2000-\u200a\u202f\u3000]/gu;

function shown(value: unknown): string {
  const text = (JSON.stringify(value) ?? String(value)).replace(UNSEEN, (character) =>
    character.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`),
  );
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** One line for one violation: `path = value: reason. remedy`. */
export function violationLine(violation: Violation): string {
  const value = "value" in violation ? ` = ${shown(violation.value)}` : "";
  return `${violation.path}${value}: ${violation.reason}. ${violation.remedy}.`;
}

/** The user's mistake, as opposed to a bug: its message is complete and no stack trace is wanted. */
export class ConfigError extends Error {
  constructor(
    readonly violations: readonly Violation[],
    heading = "The stack's config cannot be used; nothing was contacted or changed",
  ) {
    const lines = violations.map((violation) => `  - ${violationLine(violation)}`);
    super([`${heading} (${violations.length} to mend):`, ...lines].join("\n"));
    this.name = "ConfigError";
  }
}

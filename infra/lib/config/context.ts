/**
 * Reads context values (`-c key=value`, or `context` in cdk.json): each is typed, has a default, and is refused with the key, the value
 * and what was expected. Nothing else in the app reads context.
 */

/** A context value that cannot be used. The message says which, what it is and what was expected. */
export class ContextError extends Error {
  override readonly name = 'ContextError';
}

/** Refuses a value. */
export function refuse(key: string, value: unknown, expected: string): never {
  throw new ContextError(`context value ${JSON.stringify(key)} is ${JSON.stringify(value)}: expected ${expected}`);
}

/** Context values by key, and every key that was asked for. */
export class Context {
  private readonly known = new Set<string>();

  constructor(private readonly values: Readonly<Record<string, unknown>>) {}

  /** A text that `test` accepts, or `fallback`. */
  text<F extends string | undefined>(key: string, fallback: F, expected: string, test: (text: string) => boolean): string | F {
    const value = this.value(key);
    if (value === undefined) return fallback;
    return typeof value === 'string' && test(value) ? value : refuse(key, value, expected);
  }

  /** One of a few words. */
  choice<C extends string>(key: string, choices: readonly C[], fallback: C): C {
    const value = this.value(key);
    if (value === undefined) return fallback;
    const chosen = choices.find((choice) => choice === value);
    return chosen ?? refuse(key, value, choices.map((choice) => JSON.stringify(choice)).join(' or '));
  }

  /** Yes or no. On the command line every value is a text. */
  flag(key: string, fallback: boolean): boolean {
    const value = this.value(key);
    if (value === undefined) return fallback;
    if (value === true || value === 'true') return true;
    if (value === false || value === 'false') return false;
    return refuse(key, value, '"true" or "false"');
  }

  /** A whole number within bounds. */
  integer(key: string, fallback: number, min: number, max: number): number {
    const value = this.value(key);
    if (value === undefined) return fallback;
    const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
    if (typeof number !== 'number' || !Number.isInteger(number) || number < min || number > max) {
      return refuse(key, value, `a whole number from ${min} to ${max}`);
    }
    return number;
  }

  /** One of a few whole numbers. */
  oneOf<N extends number>(key: string, choices: readonly N[], fallback: N): N {
    const value = this.value(key);
    if (value === undefined) return fallback;
    const chosen = choices.find((choice) => choice === value || String(choice) === value);
    return chosen ?? refuse(key, value, `one of ${choices.join(', ')}`);
  }

  /** A misspelt key would silently mean the default. Keys with other signs than letters and digits are of the toolkit. */
  refuseUnknown(): void {
    for (const [key, value] of Object.entries(this.values)) {
      if (/^[A-Za-z0-9]+$/.test(key) && !this.known.has(key)) {
        refuse(key, value, `no such key; there are ${[...this.known].sort().join(', ')}`);
      }
    }
  }

  private value(key: string): unknown {
    this.known.add(key);
    return this.values[key];
  }
}

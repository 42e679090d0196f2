// What a secret can hold, how stages name it, and what is refused before it is sent. Pure.
import type { NewSecret } from '../../../api/generated/types.gen.ts';

export type SecretKind = NewSecret['kind'];

export const KINDS: { value: SecretKind; label: string }[] = [
  { value: 'simple', label: 'one value' },
  { value: 'user_password', label: 'user and password' },
  { value: 'ssh_key', label: 'SSH key' },
];

export const kindWord = (kind: string): string => KINDS.find((item) => item.value === kind)?.label ?? kind;

/** How texts of stages name what it holds. */
export function references(name: string, kind: string): string[] {
  const base = `#{secrets.${name}`;
  if (kind === 'ssh_key') return [`${base}.user}`, `${base}.key}`];
  if (kind === 'user_password') return [`${base}.user}`, `${base}.password}`];
  return [`${base}}`];
}

const NAME_MAX = 100;
/** Shorter values could not be kept out of logs. */
const VALUE_MIN = 4;
export const VALUE_MAX_BYTES = 16 * 1024;

/** What is wrong with a name; nothing as long as it is empty. */
export function wrongName(name: string, taken: ReadonlySet<string>): string | undefined {
  if (name === '') return undefined;
  if (name.length > NAME_MAX) return `it has ${name.length} characters, at most ${NAME_MAX} are allowed`;
  if (/[^A-Za-z0-9_-]/.test(name)) return 'only letters from a to z, digits, _ and -';
  return taken.has(name) ? 'there is one of this name: replace that' : undefined;
}

/** What is wrong with a value, a key or a password; nothing as long as it is empty. */
export function wrongValue(value: string): string | undefined {
  if (value === '') return undefined;
  if (Array.from(value).length < VALUE_MIN) return `it needs ${VALUE_MIN} characters at least: shorter ones could not be kept out of logs`;
  return new TextEncoder().encode(value).length > VALUE_MAX_BYTES ? 'it is longer than 16 KiB' : undefined;
}

export interface Draft {
  kind: SecretKind;
  user: string;
  value: string;
  note: string;
}

/** As the API takes it. OpenSSH reads no key whose last line does not end. */
export function secretOf({ kind, user, value, note }: Draft): NewSecret {
  switch (kind) {
    case 'simple':
      return { kind, value, note };
    case 'user_password':
      return { kind, user, password: value, note };
    case 'ssh_key':
      return { kind, user, key: value.endsWith('\n') ? value : `${value}\n`, note };
  }
}

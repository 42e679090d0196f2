// Where the code of a stage comes from, as a form has it. Pure.
import type { SecretView, SourceSettings, SourceView } from '../../api/generated/types.gen.ts';
import { short } from './trigger.ts';

export interface Draft {
  url: string;
  branch: string;
  file: string;
  /** The name of a secret; empty: none. */
  credentials: string;
  /** Seconds, as a choice has them. */
  every: string;
  onRun: boolean;
}

export const EMPTY: Draft = { url: '', branch: 'main', file: 'kraken.star', credentials: '', every: '300', onRun: false };

export const draftOf = ({ url, branch, file, credentials, refresh_s: every, refresh_on_run: onRun }: SourceView): Draft => ({ url, branch, file, credentials: credentials ?? '', every: String(every), onRun });

export const settingsOf = ({ url, branch, file, credentials, every, onRun }: Draft): SourceSettings => ({
  url: url.trim(),
  branch: branch.trim(),
  file: file.trim(),
  credentials: credentials === '' ? null : credentials,
  refresh_s: Number(every),
  refresh_on_run: onRun,
});

const EVERY_S = [60, 300, 900, 3600, 6 * 3600, 86_400];

/** How often a source can be looked at; also what it is now, whatever that is. */
export const everyChoices = (now: string): { value: string; label: string }[] => {
  const seconds = [...new Set([...EVERY_S, Number(now)])].sort((one, other) => one - other);
  return seconds.map((value) => ({ value: String(value), label: `every ${short(value)}` }));
};

/** Secrets that can open a repository, each name once, with the one that is asked for now even where it is gone. */
export function credentialChoices(known: readonly Pick<SecretView, 'name' | 'kind'>[], now: string): { value: string; label: string }[] {
  const fit = known.filter((secret) => secret.kind !== 'ssh_key').map((secret) => secret.name);
  const names = [...new Set(fit)].sort();
  const gone = now !== '' && !names.includes(now) ? [{ value: now, label: `${now} (there is none of this name)` }] : [];
  return [{ value: '', label: 'none: it is open to everyone' }, ...names.map((name) => ({ value: name, label: name })), ...gone];
}

/** What is wrong with an address; nothing as long as it is empty. */
export function wrongUrl(url: string): string | undefined {
  const text = url.trim();
  // A folder of the server's own machine is for the server to refuse.
  if (text === '' || text.startsWith('/')) return undefined;
  if (/^(git@|ssh:)/.test(text)) return 'the address for HTTPS is needed here: https://host/path';
  let parsed: URL;
  try {
    parsed = new URL(text);
  } catch {
    return 'expected https://host/path';
  }
  return parsed.username !== '' || parsed.password !== '' ? 'no user or password here, where everybody can read it: name a secret' : undefined;
}

export function missing({ url, branch, file }: Draft): string | undefined {
  if (url.trim() === '') return 'the address of the repository is missing';
  if (branch.trim() === '') return 'the branch is missing';
  return file.trim() === '' ? 'the file is missing' : undefined;
}

export const shortCommit = (commit: string): string => commit.slice(0, 10);

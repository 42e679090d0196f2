// What retention took of something that still stands: its logs, its artifacts. Pure.
import { date } from './time.ts';

interface Made {
  created_at: string;
  completed_at?: string | null;
}

/**
 * `all`: it was over when they were removed. `older`: something ran again since, and what that made is there. Nothing: none of it was removed.
 */
export function lossOf({ created_at: created, completed_at: completed }: Made, since: string | null | undefined): 'all' | 'older' | undefined {
  if (since == null || Date.parse(created) >= Date.parse(since)) return undefined;
  return completed != null && Date.parse(completed) <= Date.parse(since) ? 'all' : 'older';
}

/** `removed on 2026-11-01 by the branch's retention`. */
export const removed = (since: string): string => `removed on ${date(since)} by the branch's retention`;

/** The same as a value beside the name of what was removed; nothing where nothing was. */
export function removedWords(made: Made, since: string | null | undefined): string | undefined {
  const loss = lossOf(made, since);
  if (loss === undefined || since == null) return undefined;
  return loss === 'all' ? removed(since) : `older ones ${removed(since)}`;
}

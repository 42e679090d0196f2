// How long flows are kept, as a form has it, in words, and whether a change makes more go. Pure.

import type { KeepView as Keep } from '../../api/generated/types.gen.ts';

export const FIELDS = ['days', 'flows', 'logs_days', 'artifacts_days'] as const;
export type Field = (typeof FIELDS)[number];
export type Draft = Record<Field, string>;

const MOST: Record<Field, number> = { days: 36_500, flows: 10_000, logs_days: 36_500, artifacts_days: 36_500 };

const typed = (value: number | null | undefined): string => (value == null ? '' : String(value));
export const draftOf = (keep: Keep): Draft => ({ days: typed(keep.days), flows: typed(keep.flows), logs_days: typed(keep.logs_days), artifacts_days: typed(keep.artifacts_days) });

/** What is wrong with a number; nothing as long as it is empty. */
export function wrongLimit(field: Field, text: string): string | undefined {
  if (text.trim() === '') return undefined;
  const number = Number(text);
  return /^\d+$/.test(text.trim()) && number >= 1 && number <= MOST[field] ? undefined : `a whole number from 1 to ${MOST[field]}, or nothing`;
}

const limit = (text: string): number | null => (text.trim() === '' ? null : Number(text));
export const keepOf = (draft: Draft): Keep => ({ days: limit(draft.days), flows: limit(draft.flows), logs_days: limit(draft.logs_days), artifacts_days: limit(draft.artifacts_days) });

export const same = (one: Keep, other: Keep): boolean => FIELDS.every((field) => (one[field] ?? null) === (other[field] ?? null));

const forEver = ({ days, flows }: Keep): boolean => days == null && flows == null;
const days = (number: number): string => (number === 1 ? 'a day' : `${number} days`);

/** What becomes of flows of one kind. */
export function told(kind: string, keep: Keep): string {
  const newest = keep.flows == null || keep.flows === 1 ? 'the newest one' : `the newest ${keep.flows}`;
  if (forEver(keep)) return `${kind} flows are kept for ever.`;
  if (keep.days == null) return `Of ${kind} flows only ${newest} ${keep.flows === 1 ? 'is kept, however old it is' : 'are kept, however old they are'}.`;
  return `${kind} flows are deleted ${days(keep.days)} after they completed, except ${newest}.`;
}

/** What becomes of what is kept beside the flow. */
export function toldBeside(what: string, after: number | null | undefined): string {
  return after == null ? `${what} stay as long as their flow.` : `${what} go after ${days(after)}.`;
}

/** By how much they keep: a flow is kept that is young enough or among the newest; without either limit, all are. */
const reach = (keep: Keep): number[] => [forEver(keep) ? Infinity : (keep.days ?? 0), forEver(keep) ? Infinity : (keep.flows ?? 1), keep.logs_days ?? Infinity, keep.artifacts_days ?? Infinity];

/** Whether something goes by `to` that stays by `from`. */
export function deletesMore(from: Keep, to: Keep): boolean {
  const before = reach(from);
  return reach(to).some((value, at) => value < (before[at] ?? 0));
}

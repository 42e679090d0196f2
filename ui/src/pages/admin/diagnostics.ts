// How the system is, in words: what is wrong, and what each kind of due thing means. Pure.
import type { Diagnostics, DueState } from '../../api/generated/types.gen.ts';
import type { State } from '../../words/states.ts';
import { counted } from '../../words/amounts.ts';
import { between, span } from '../../words/time.ts';

/** What waits longer than this is not being dealt with. */
const LATE_MS = 120_000;
/** Counts of what is due go no further. */
const DUE_MAX = 100;
/** Clocks that differ by more than this make spans wrong. */
const SKEW_MS = 60_000;

const DUE: Record<string, string> = {
  job: 'jobs to be looked after',
  run: 'runs to be looked after',
  counts: 'counts of runs to be brought up to date',
  agent: 'agents to be looked after',
  events: 'events to be told the bus',
  trigger: 'triggers whose time came',
  delivery: 'deliveries of webhooks',
  notice: 'notices to be sent to people',
  retention: 'branches and flows to be cleared out',
};
export const dueWords = (kind: string): string => DUE[kind] ?? kind.replaceAll('_', ' ');

export function dueState({ count, since }: DueState, now: number): State {
  if (count === 0) return { look: 'passed', word: 'Nothing due' };
  return between(since, now) > LATE_MS ? { look: 'tests', word: 'Late' } : { look: 'running', word: 'Under way' };
}

export const dueCount = (count: number): string => (count >= DUE_MAX ? `${DUE_MAX} or more` : String(count));

/** Everything that somebody should look at, the gravest first. `now`: the reader's clock. */
export function troubles(of: Diagnostics, now: number): string[] {
  const asOf = Date.parse(of.now);
  const skew = Math.abs(now - asOf);
  return [
    ...of.queues.filter((queue) => (queue.dead_letters ?? 0) > 0).map((queue) => `${counted(queue.dead_letters ?? 0, 'message')} of the queue ${queue.name} could not be dealt with and ${queue.dead_letters === 1 ? 'is' : 'are'} put aside`),
    ...of.due.filter((due) => dueState(due, asOf).look === 'tests').map((due) => `${dueCount(due.count)} ${dueWords(due.kind)}: the first has been due for ${span(between(due.since, asOf))}, and nobody deals with it`),
    ...(of.importing_since == null ? [] : [`an import began ${span(between(of.importing_since, asOf))} ago and has not ended: deliveries of webhooks are turned away meanwhile`]),
    ...(skew > SKEW_MS ? [`the server’s clock and this computer’s differ by ${span(skew)}`] : []),
  ];
}

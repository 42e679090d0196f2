// The timeline's bars: for each job or run, when it waited and when it ran. Pure.
import type { JobView, RunView } from '../../api/generated/types.gen.ts';

export interface Bar {
  /** Shares of the whole timeline, 0 to 1. */
  waitFrom: number;
  runFrom: number;
  to: number;
}

type Timed = Pick<JobView | RunView, 'created_at' | 'started_at' | 'completed_at'>;

export interface Scale {
  from: number;
  to: number;
}

export function scaleOf(items: readonly Timed[], now: number): Scale {
  const from = Math.min(...items.map((item) => Date.parse(item.created_at)));
  const to = Math.max(...items.map((item) => (item.completed_at ? Date.parse(item.completed_at) : now)));
  // A second at least: bars of a flow that took no time would be wild.
  return { from, to: Math.max(to, from + 1000) };
}

export function barOf(item: Timed, { from, to }: Scale, now: number): Bar {
  // Clocks of agents and server differ a little: a bar never goes backwards.
  const share = (moment: number) => Math.min(1, Math.max(0, (moment - from) / (to - from)));
  const end = item.completed_at ? Date.parse(item.completed_at) : now;
  const start = item.started_at ? Date.parse(item.started_at) : end;
  const [waitFrom, runFrom] = [share(Date.parse(item.created_at)), share(start)];
  return { waitFrom, runFrom: Math.max(waitFrom, runFrom), to: Math.max(waitFrom, runFrom, share(end)) };
}

import { expect, it } from 'vitest';

import { barOf, scaleOf } from './bars.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 22) + seconds * 1000).toISOString();
const now = Date.parse(at(100));

it('shows waiting and running as shares of the whole', () => {
  const jobs = [
    { created_at: at(0), started_at: at(10), completed_at: at(40) },
    { created_at: at(0), started_at: null, completed_at: null },
  ];
  const scale = scaleOf(jobs, now);
  expect(barOf(jobs[0] as never, scale, now)).toEqual({ waitFrom: 0, runFrom: 0.1, to: 0.4 });
  expect(barOf(jobs[1] as never, scale, now)).toEqual({ waitFrom: 0, runFrom: 1, to: 1 });
});

it('never goes backwards when clocks differ', () => {
  const job = { created_at: at(10), started_at: at(9), completed_at: at(8) };
  const bar = barOf(job, { from: Date.parse(at(0)), to: Date.parse(at(20)) }, now);
  expect(bar).toEqual({ waitFrom: 0.5, runFrom: 0.5, to: 0.5 });
});

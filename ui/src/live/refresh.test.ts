import { expect, it } from 'vitest';

import { refresher } from './refresh.ts';

it('reads once more for all changes that came while it read', async () => {
  let now = 0;
  const later: { ms: number; run: () => void }[] = [];
  const time = { now: () => now, after: (ms: number, run: () => void) => later.push({ ms, run }) };
  const ends: (() => void)[] = [];
  let reads = 0;
  const refresh = refresher(() => {
    reads += 1;
    return new Promise<void>((end) => ends.push(end));
  }, time);

  refresh('run:1');
  refresh('run:1');
  refresh('run:1');
  expect(reads).toBe(1);

  now = 1500;
  ends.shift()?.();
  await Promise.resolve();
  await Promise.resolve();
  expect(later.map((entry) => entry.ms)).toEqual([1500]);
  later.shift()?.run();
  expect(reads).toBe(2);

  ends.shift()?.();
  await Promise.resolve();
  await Promise.resolve();
  later.shift()?.run();
  expect(reads).toBe(2);
});

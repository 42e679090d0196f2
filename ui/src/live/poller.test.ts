import { describe, expect, it } from 'vitest';

import { type Clock, Poller } from './poller.ts';
import type { Key, Seen } from './source.ts';

/** A clock that moves when it is told to. */
function manualClock() {
  let due: { ms: number; run: () => void } | undefined;
  const clock: Clock = {
    after(ms, run) {
      const entry = { ms, run };
      due = entry;
      return () => {
        if (due === entry) due = undefined;
      };
    },
  };
  const settle = async () => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  return {
    clock,
    wait: () => due?.ms,
    async fire() {
      const entry = due;
      due = undefined;
      entry?.run();
      await settle();
    },
  };
}

function scene(answers: (() => Seen | null)[]) {
  const time = manualClock();
  const calls: { keys: readonly Key[]; etag: string | undefined }[] = [];
  const changed: Key[] = [];
  const settled: Key[] = [];
  const poller = new Poller(
    (keys, etag) => {
      calls.push({ keys, etag });
      const answer = answers.shift();
      return answer ? Promise.resolve().then(answer) : Promise.resolve(null);
    },
    (key, news) => (news === 'changed' ? changed : settled).push(key),
    time.clock,
  );
  return { time, calls, changed, settled, poller };
}

const seen = (etag: string, changed: Record<string, number>, next_ms = 3000) => (): Seen => ({ etag, changed, next_ms });
const down = () => {
  throw new Error('down');
};

describe('the poller', () => {
  it('tells once that a key is watched, and then what changed', async () => {
    const { poller, time, changed, settled, calls } = scene([seen('a', { 'flow:1': 7 }), () => null, seen('b', { 'flow:1': 8 })]);
    poller.setKeys(['flow:1']);
    expect(poller.knows('flow:1')).toBe(false);
    poller.resume();
    await time.fire();
    expect([changed, settled, poller.knows('flow:1')]).toEqual([[], ['flow:1'], true]);
    expect(time.wait()).toBe(3000);
    await time.fire();
    expect([changed, time.wait(), calls[1]?.etag]).toEqual([[], 3000, 'a']);
    await time.fire();
    expect([changed, settled]).toEqual([['flow:1'], ['flow:1']]);
  });

  it('tells of a key that came later, and of the others as ever', async () => {
    const { poller, time, changed, settled } = scene([seen('a', { 'flow:1': 7 }), seen('b', { 'flow:1': 8, 'job:1': 1 })]);
    poller.setKeys(['flow:1']);
    poller.resume();
    await time.fire();
    poller.setKeys(['flow:1', 'job:1']);
    await time.fire();
    expect([changed, settled]).toEqual([['flow:1'], ['flow:1', 'job:1']]);
  });

  it('goes on with the others when a key is left out', async () => {
    const { poller, time, changed } = scene([seen('a', { 'run:1': 1 }), seen('b', { 'run:1': 2 })]);
    poller.setKeys(['run:1', 'flow:not-mine']);
    poller.resume();
    await time.fire();
    await time.fire();
    expect(changed).toEqual(['run:1']);
    expect(time.wait()).toBe(3000);
  });

  it('asks the second call also when the first one fails', async () => {
    const { poller, time, settled } = scene([down, seen('b', { 'run:99': 2 })]);
    poller.setKeys(Array.from({ length: 60 }, (_, index): Key => `run:${index + 40}`));
    poller.resume();
    await time.fire();
    expect(settled).toContain('run:99');
    expect(time.wait()).toBe(2000);
  });

  it('asks nothing while paused, and at once when it goes on', async () => {
    const { poller, time, calls } = scene([seen('a', {})]);
    poller.setKeys(['job:1']);
    await time.fire();
    expect(calls).toEqual([]);
    poller.resume();
    expect(time.wait()).toBe(0);
    await time.fire();
    poller.pause();
    expect([calls.length, time.wait()]).toEqual([1, undefined]);
  });

  it('waits longer after each failure, and recovers', async () => {
    const { poller, time } = scene([down, down, seen('a', {}, 1000)]);
    poller.setKeys(['job:1']);
    poller.resume();
    const waits: unknown[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      await time.fire();
      waits.push(time.wait());
    }
    expect(waits).toEqual([2000, 4000, 1000]);
  });

  it('splits what the server would refuse', async () => {
    const { poller, time, calls } = scene([]);
    poller.setKeys(Array.from({ length: 120 }, (_, index): Key => `run:${index}`));
    poller.resume();
    await time.fire();
    expect(calls.map((call) => call.keys.length)).toEqual([50, 50, 20]);
  });

  it('says when something is gone', async () => {
    const { poller, time, changed } = scene([seen('a', { 'job:1': 1 }), seen('b', {})]);
    poller.setKeys(['job:1']);
    poller.resume();
    await time.fire();
    await time.fire();
    expect(changed).toEqual(['job:1']);
  });
});

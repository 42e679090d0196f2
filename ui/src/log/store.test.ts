import { describe, expect, it } from 'vitest';

import type { LogSource } from './source.ts';
import { LineStore, PAGE_LINES } from './store.ts';

/** A log of so many lines, each of `width` characters; `most` lines come at once. */
function log(total: number, width = 10, most = 10_000) {
  const state = { total, complete: true, reads: [] as [number, number][] };
  const slice = (from: number, count: number) => ({
    lines: Array.from({ length: Math.max(0, Math.min(count, most, state.total - from)) }, (_, index) => ({
      number: from + index,
      time: '2026-11-22T21:00:00Z',
      text: 'x'.repeat(width),
    })),
    total: state.total,
    complete: state.complete,
  });
  const source: LogSource = {
    read(from, count) {
      state.reads.push([from, count]);
      return Promise.resolve(slice(from, count));
    },
    tail: (count) => Promise.resolve(slice(Math.max(0, state.total - count), count)),
  };
  return { state, source };
}

const settle = async () => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};
const store = (source: LogSource) =>
  new LineStore(
    source,
    () => undefined,
    (error) => {
      throw error;
    },
  );

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('the lines at hand', () => {
  it('begin with the end of the log, in one call', async () => {
    const { source, state } = log(1_000_000);
    const lines = store(source);
    await lines.refresh();
    expect([lines.total, lines.line(999_999)?.number, lines.line(500_000), state.reads.length]).toEqual([1_000_000, 999_999, undefined, 0]);
  });

  it('are loaded by pages, each once', async () => {
    const { source, state } = log(1_000_000);
    const lines = store(source);
    await lines.refresh();
    lines.want(range(500_100, 500_140));
    lines.want(range(500_110, 500_150));
    await settle();
    lines.want(range(500_100, 500_140));
    expect([lines.line(500_120)?.number, state.reads]).toEqual([500_120, [[500_000, PAGE_LINES]]]);
  });

  it('are loaded where they are seen, not what is folded between them', async () => {
    const { source, state } = log(1_000_000);
    const lines = store(source);
    await lines.refresh();
    lines.want([0, 12, 40, 600_000]);
    await settle();
    expect(state.reads).toEqual([
      [0, PAGE_LINES],
      [600_000, PAGE_LINES],
    ]);
  });

  it('are loaded whole when the server gives fewer at once', async () => {
    const { source, state } = log(10_000, 10, 200);
    const lines = store(source);
    await lines.refresh();
    lines.want(range(0, 10));
    await settle();
    expect([state.reads, lines.line(PAGE_LINES - 1)?.number]).toEqual([
      [
        [0, 500],
        [200, 300],
        [400, 100],
      ],
      PAGE_LINES - 1,
    ]);
  });

  it('stay within their bound, the last used ones kept', async () => {
    const { source } = log(100_000, 1000);
    const lines = store(source);
    await lines.refresh();
    for (let from = 0; from < 100_000; from += PAGE_LINES) {
      lines.want(range(from, from + 40));
      await settle();
    }
    const held = Array.from({ length: 100_000 }, (_, number) => lines.line(number)).filter(Boolean).length;
    expect(held).toBeLessThanOrEqual(6000 + PAGE_LINES);
    expect(lines.line(99_999)).toBeDefined();
  });

  it('grow with the log', async () => {
    const { source, state } = log(700);
    state.complete = false;
    const lines = store(source);
    await lines.refresh();
    state.total = 1100;
    state.complete = true;
    await lines.refresh();
    expect([lines.total, lines.complete, lines.line(1099)?.number]).toEqual([1100, true, 1099]);
  });

  it('complete a page that grew', async () => {
    const { source, state } = log(520);
    state.complete = false;
    const lines = store(source);
    await lines.refresh();
    state.total = 600;
    await lines.refresh();
    state.reads.length = 0;
    lines.want(range(510, 600));
    expect(state.reads).toEqual([]);
  });
});

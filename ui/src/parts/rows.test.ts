import { describe, expect, it } from 'vitest';

import { keyName } from './keys.ts';
import { drawn, parseSort, sorted } from './rows.ts';

describe('a long table', () => {
  it('draws only what is near the window', () => {
    const { from, to } = drawn(10_000, 33, 33 * 5000, 900);
    expect([from, to]).toEqual([4988, 5040]);
  });

  it('is drawn whole when it is short', () => {
    expect(drawn(50, 33, 0, 900)).toEqual({ from: 0, to: 50 });
  });

  it('never draws rows that are not there', () => {
    expect(drawn(200, 33, 1e9, 900)).toEqual({ from: 200, to: 200 });
    expect(drawn(200, 33, -500, 900).from).toBe(0);
  });
});

describe('sorting', () => {
  it('reads numbers in names as numbers', () => {
    expect(sorted(['unit-10', 'unit-9', 'Unit-1'], (name) => name, false)).toEqual(['Unit-1', 'unit-9', 'unit-10']);
  });

  it('keeps what has no value at the end, both ways', () => {
    const rows = [{ at: 2 }, { at: Number.NaN }, { at: 5 }, { at: undefined }];
    const values = (down: boolean) => sorted(rows, (row) => row.at, down).map((row) => row.at);
    expect(values(false).slice(0, 2)).toEqual([2, 5]);
    expect(values(true).slice(0, 2)).toEqual([5, 2]);
  });

  it('is written into the address', () => {
    expect([parseSort('-took'), parseSort('name'), parseSort(undefined)]).toEqual([{ by: 'took', down: true }, { by: 'name', down: false }, undefined]);
  });
});

describe('shortcuts', () => {
  const event = { ctrlKey: false, metaKey: false, altKey: false };
  it('tell n from N and know Ctrl and ⌘', () => {
    expect(keyName({ ...event, key: 'N' })).toBe('N');
    expect(keyName({ ...event, key: 'K', metaKey: true })).toBe('mod+k');
    expect(keyName({ ...event, key: 'Enter' })).toBe('enter');
    expect(keyName({ ...event, key: 'f', altKey: true })).toBeUndefined();
  });
});

import { expect, it } from 'vitest';

import { nextMatch } from './matches.ts';

const lines = [10, 20, 30];

it('goes on from one match to the next, round and round', () => {
  expect([nextMatch(lines, 0, 0, 1), nextMatch(lines, 2, 0, 1), nextMatch(lines, 0, 0, -1)]).toEqual([1, 0, 2]);
});

it('begins beside what is selected', () => {
  expect([nextMatch(lines, undefined, 15, 1), nextMatch(lines, undefined, 20, 1), nextMatch(lines, undefined, 15, -1), nextMatch(lines, undefined, 5, -1)]).toEqual([1, 1, 0, 2]);
});

it('begins anew past the last match, and back from it', () => {
  expect([nextMatch(lines, undefined, 31, 1), nextMatch(lines, undefined, 31, -1), nextMatch([7], undefined, 8, -1)]).toEqual([0, 2, 0]);
  expect(nextMatch([], undefined, 0, 1)).toBeUndefined();
});

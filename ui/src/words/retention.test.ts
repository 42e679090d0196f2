import { expect, it } from 'vitest';

import { lossOf, removedWords } from './retention.ts';

const SINCE = '2026-11-01T12:00:00Z';

it.each([
  ['is there', '2026-09-01T12:00:00Z', '2026-09-01T13:00:00Z', null, undefined],
  ['was over before', '2026-09-01T12:00:00Z', '2026-09-01T13:00:00Z', SINCE, 'all'],
  ['ran again since', '2026-09-01T12:00:00Z', '2026-11-02T12:00:00Z', SINCE, 'older'],
  ['runs again', '2026-09-01T12:00:00Z', null, SINCE, 'older'],
  ['was made since', '2026-11-02T12:00:00Z', '2026-11-02T13:00:00Z', SINCE, undefined],
])('what %s', (_, created_at, completed_at, since, loss) => {
  expect(lossOf({ created_at, completed_at }, since)).toBe(loss);
});

it('says when, and by what', () => {
  const made = { created_at: '2026-09-01T12:00:00Z', completed_at: '2026-09-01T13:00:00Z' };
  expect(removedWords(made, SINCE)).toBe("removed on 2026-11-01 by the branch's retention");
  expect(removedWords({ ...made, completed_at: null }, SINCE)).toMatch(/^older ones removed on/);
  expect(removedWords(made, undefined)).toBeUndefined();
});

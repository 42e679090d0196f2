import { expect, it } from 'vitest';

import { onceKeys } from './once.ts';

it('is the same while the same is sent, and another for anything else', () => {
  const key = onceKeys();
  const first = key({ kind: 'ci', args: { level: '1' } });
  expect(key({ kind: 'ci', args: { level: '1' } })).toBe(first);
  const other = key({ kind: 'ci', args: { level: '2' } });
  expect(other).not.toBe(first);
  // What was sent first is long ago: it may be meant as another flow.
  expect(key({ kind: 'ci', args: { level: '1' } })).not.toBe(first);
  expect(other).toMatch(/^[0-9a-f]{32}$/);
});

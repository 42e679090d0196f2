import { describe, expect, it } from 'vitest';

import { each, whole } from './pages.ts';

const list = (total: number, size: number) => (cursor: string | undefined) => {
  const from = Number(cursor ?? 0);
  const items = Array.from({ length: Math.min(size, total - from) }, (_, index) => from + index);
  return Promise.resolve({ items, next: from + size < total ? String(from + size) : null });
};

describe('lists', () => {
  it('are followed to their end', async () => {
    const { items, cut } = await whole(list(450, 200), 1000);
    expect([items.length, items.at(-1), cut]).toEqual([450, 449, false]);
  });

  it('end where enough was read, which is no cut', async () => {
    const { items, cut } = await whole(list(450, 100), 1000, (last) => last >= 150);
    expect([items.length, cut]).toEqual([200, false]);
  });

  it('end at the bound, and say so', async () => {
    const { items, cut } = await whole(list(450, 200), 300);
    expect([items.length, cut]).toEqual([300, true]);
  });
});

describe('many calls', () => {
  it('never run more than so many at once, and keep their order', async () => {
    let [now, most] = [0, 0];
    const outputs = await each([1, 2, 3, 4, 5, 6, 7], 3, async (value) => {
      now += 1;
      most = Math.max(most, now);
      await Promise.resolve();
      now -= 1;
      return value * 2;
    });
    expect([outputs, most]).toEqual([[2, 4, 6, 8, 10, 12, 14], 3]);
  });

  it('pass a refusal on', async () => {
    await expect(each([1], 2, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  });
});

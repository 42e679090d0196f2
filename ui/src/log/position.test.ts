import { describe, expect, it } from 'vitest';

import { jumped, moved, share, spaceFor, TALLEST_PX } from './position.ts';

const even = () => 20;
/** Every tenth row is wrapped into five. */
const mixed = (row: number) => (row % 10 === 0 ? 100 : 20);

describe('the position in a log of a million lines', () => {
  const rows = 1_000_000;

  it('never needs an element that is too tall', () => {
    expect(spaceFor(rows, 20, 800)).toBe(TALLEST_PX);
    expect(spaceFor(10, 20, 800)).toBe(800);
  });

  it('moves by exact pixels, up and down', () => {
    expect(moved({ row: 500_000, px: 5 }, 30, rows, even)).toEqual({ row: 500_001, px: 15 });
    expect(moved({ row: 500_000, px: 5 }, -30, rows, even)).toEqual({ row: 499_998, px: 15 });
  });

  it('comes back to where it was', () => {
    const start = { row: 1234, px: 7 };
    expect(moved(moved(start, 777, rows, mixed), -777, rows, mixed)).toEqual(start);
  });

  it('stops at both ends', () => {
    expect(moved({ row: 0, px: 3 }, -100, rows, even)).toEqual({ row: 0, px: 0 });
    expect(moved({ row: rows - 1, px: 0 }, 500, rows, even).row).toBe(rows - 1);
  });

  it('reaches every row by the scroll bar, and tells where it stands', () => {
    expect(jumped(0, rows, 20, 800)).toEqual({ row: 0, px: 0 });
    expect(jumped(1, rows, 20, 800)).toEqual({ row: rows - 40, px: 0 });
    for (const at of [0.1, 0.5, 0.77777]) expect(share(jumped(at, rows, 20, 800), rows, 20, 800, even)).toBeCloseTo(at, 9);
  });
});

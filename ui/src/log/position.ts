// Where the view stands in a log that is taller than a browser lets an element be (Firefox stops at some 17 million pixels).
//
// The scroll bar covers all rows in proportion; a small scroll moves by exactly its pixels, a large one jumps. Rows may differ
// in height (wrapped lines): the position is a row and pixels into it, never a sum of heights. Pure.

/** No element is made taller. */
export const TALLEST_PX = 4_000_000;

export interface Position {
  row: number;
  /** Pixels of that row above the view. */
  px: number;
}

export type HeightOf = (row: number) => number;

/** Height of the scrolled element. */
export const spaceFor = (rows: number, rowPx: number, viewPx: number): number => Math.max(viewPx, Math.min(TALLEST_PX, rows * rowPx));

/** A position moved by pixels; never before the first or beyond the last row. */
export function moved({ row, px }: Position, by: number, rows: number, heightOf: HeightOf): Position {
  let [at, left] = [row, px + by];
  while (left < 0 && at > 0) {
    at -= 1;
    left += heightOf(at);
  }
  while (at < rows - 1 && left >= heightOf(at)) {
    left -= heightOf(at);
    at += 1;
  }
  return { row: at, px: Math.max(0, left) };
}

/** Where a jump of the scroll bar leads; `share` is 0 at its top and 1 at its end. */
export function jumped(share: number, rows: number, rowPx: number, viewPx: number): Position {
  const last = Math.max(0, rows - viewPx / rowPx);
  const at = Math.min(1, Math.max(0, share)) * last;
  const row = Math.floor(at);
  return { row, px: (at - row) * rowPx };
}

/** Where the scroll bar stands for a position: 0 to 1. */
export function share({ row, px }: Position, rows: number, rowPx: number, viewPx: number, heightOf: HeightOf): number {
  const last = rows - viewPx / rowPx;
  if (last <= 0) return 0;
  return Math.min(1, (row + px / Math.max(1, heightOf(row))) / last);
}

/** The position that shows a row a third from the top. */
export function centred(row: number, rows: number, rowPx: number, viewPx: number): Position {
  const above = Math.floor(viewPx / rowPx / 3);
  return { row: Math.max(0, Math.min(row - above, rows - 1)), px: 0 };
}

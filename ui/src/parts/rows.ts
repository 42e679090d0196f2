// Which rows of a long table are drawn, and their order. Pure.

export interface Drawn {
  from: number;
  to: number;
}

/** Rows drawn above and below what is seen, so that a quick scroll shows no gap. */
const SPARE = 12;
/** Tables up to this long are drawn whole. */
export const WHOLE_MAX = 120;

/** The rows to draw when the table's top is `above` pixels over the window's, which is `height` high. */
export function drawn(rows: number, rowHeight: number, above: number, height: number): Drawn {
  if (rows <= WHOLE_MAX) return { from: 0, to: rows };
  const first = Math.floor(Math.max(0, above) / rowHeight);
  const from = Math.max(0, Math.min(rows, first - SPARE));
  return { from, to: Math.min(rows, first + Math.ceil(height / rowHeight) + SPARE) };
}

export type SortValue = string | number | null | undefined;

/** `duration` upwards, `-duration` downwards. */
export interface Sort {
  by: string;
  down: boolean;
}

export const parseSort = (text: string | undefined): Sort | undefined =>
  text ? { by: text.replace(/^-/, ''), down: text.startsWith('-') } : undefined;

const ORDER = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function compare(one: SortValue, other: SortValue): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  return ORDER.compare(String(one), String(other));
}

const missing = (value: SortValue) => value == null || Number.isNaN(value);

/** Sorted rows; what has no value comes last, either way. Equal ones stay in order. */
export function sorted<T>(rows: readonly T[], value: (row: T) => SortValue, down: boolean): T[] {
  const keyed = rows.map((row) => ({ row, value: value(row) }));
  keyed.sort((one, other) => {
    const [a, b] = [missing(one.value), missing(other.value)];
    if (a || b) return Number(a) - Number(b);
    return down ? compare(other.value, one.value) : compare(one.value, other.value);
  });
  return keyed.map(({ row }) => row);
}

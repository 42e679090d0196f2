// Tables of any length: rows of one height, drawn only near the window; sorting in the URL; j, k and Enter.
import { useLayoutEffect, useMemo, useRef, useState } from 'react';

import { Icon } from './Icon.tsx';
import { useKeys } from './keys.ts';
import { drawn, parseSort, type SortValue, sorted } from './rows.ts';

/** What --row in table.css is where it can't be read. */
const ROW_PX = 33;

export interface Column<T> {
  id: string;
  title: string;
  cell: (row: T) => React.ReactNode;
  /** What to sort by; absent: not sortable. */
  sort?: (row: T) => SortValue;
  /** CSS width; the columns without one share the rest. */
  width?: string;
  right?: boolean;
  /** Left out where there is little room. */
  spare?: boolean;
}

interface Props<T> {
  label: string;
  columns: readonly Column<T>[];
  rows: readonly T[];
  rowKey: (row: T) => string;
  sort?: string | undefined;
  onSort?: (sort: string | undefined) => void;
  /** Where there is little room its rows are higher, for cells that say more than a line there. */
  tall?: boolean;
  /** Dims a row: a job that was repeated. */
  dim?: (row: T) => boolean;
  empty: React.ReactNode;
}

export function Table<T>({ label, columns, rows, rowKey, sort: sortText, onSort, tall, dim, empty }: Props<T>) {
  const sort = parseSort(sortText);
  const column = columns.find((candidate) => candidate.id === sort?.by);
  const ordered = useMemo(() => (column?.sort && sort ? sorted(rows, column.sort, sort.down) : rows), [rows, column, sort?.down]); // eslint-disable-line react-hooks/exhaustive-deps -- `sort` is parsed anew each time
  const body = useRef<HTMLTableSectionElement>(null);
  const { from, to, px } = useWindow(ordered.length, body);
  useRowKeys(body, from);

  if (rows.length === 0) return <>{empty}</>;
  const pick = (id: string) => onSort?.(sort?.by !== id ? id : sort.down ? undefined : `-${id}`);
  return (
    <table className={tall ? 'table table-tall' : 'table'} aria-label={label} aria-rowcount={ordered.length + 1}>
      <colgroup>
        {columns.map(({ id, width, spare }) => (
          <col key={id} className={spare ? 'spare' : undefined} style={{ width }} />
        ))}
      </colgroup>
      <thead>
        <tr aria-rowindex={1}>
          {columns.map((head) => (
            <th key={head.id} scope="col" title={head.title} className={cellClass(head)} aria-sort={head.id !== sort?.by ? undefined : sort.down ? 'descending' : 'ascending'}>
              {head.sort && onSort ? (
                <button type="button" className="sort" onClick={() => pick(head.id)}>
                  {head.title}
                  {head.id === sort?.by && <Icon name={sort.down ? 'down' : 'up'} />}
                </button>
              ) : (
                head.title
              )}
            </th>
          ))}
        </tr>
      </thead>
      <tbody ref={body}>
        {from > 0 && <Gap px={from * px} />}
        {ordered.slice(from, to).map((row, index) => (
          <tr key={rowKey(row)} aria-rowindex={from + index + 2} className={dim?.(row) ? 'dim' : undefined} data-row={from + index}>
            {columns.map((shown) => (
              <td key={shown.id} className={cellClass(shown)}>
                {shown.cell(row)}
              </td>
            ))}
          </tr>
        ))}
        {to < ordered.length && <Gap px={(ordered.length - to) * px} />}
      </tbody>
    </table>
  );
}

const cellClass = <T,>(column: Column<T>) => [column.right && 'num', column.spare && 'spare'].filter(Boolean).join(' ') || undefined;

/** Room for rows that are not drawn. One cell: it must not bring back the columns that are left out where there is little room. */
function Gap({ px }: { px: number }) {
  return (
    <tr className="gap" aria-hidden="true">
      <td style={{ height: px }} />
    </tr>
  );
}

function useWindow(rows: number, body: React.RefObject<HTMLElement | null>) {
  const [view, setView] = useState(() => ({ ...drawn(rows, ROW_PX, 0, 900), px: ROW_PX }));
  useLayoutEffect(() => {
    let frame = 0;
    const look = () => {
      frame = 0;
      const above = -(body.current?.getBoundingClientRect().top ?? 0);
      const told = body.current ? Number.parseFloat(getComputedStyle(body.current).getPropertyValue('--row')) : Number.NaN;
      const px = Number.isNaN(told) ? ROW_PX : told;
      const next = drawn(rows, px, above, window.innerHeight);
      setView((now) => (now.from === next.from && now.to === next.to && now.px === px ? now : { ...next, px }));
    };
    const later = () => {
      frame ||= requestAnimationFrame(look);
    };
    look();
    window.addEventListener('scroll', later, { passive: true });
    window.addEventListener('resize', later);
    return () => {
      cancelAnimationFrame(frame);
      window.removeEventListener('scroll', later);
      window.removeEventListener('resize', later);
    };
  }, [rows, body]);
  return view;
}

/** j and k move between the first links of rows; Enter is the link's own. */
function useRowKeys(body: React.RefObject<HTMLElement | null>, from: number): void {
  const move = (by: number) => {
    const links = [...(body.current?.querySelectorAll<HTMLElement>('tr[data-row]') ?? [])].map((row) => row.querySelector<HTMLElement>('a'));
    const at = links.findIndex((link) => link !== null && link === document.activeElement);
    const top = links.findIndex((link) => link !== null && link.getBoundingClientRect().top > 80);
    const next = at === -1 ? Math.max(top, 0) : at + by;
    const link = links[next];
    link?.focus({ preventScroll: true });
    link?.scrollIntoView({ block: 'nearest' });
    // Near the edge of what is drawn: the scroll draws more, the next press goes on.
    if (!link && from > 0) window.scrollBy(0, by * ROW_PX * 4);
  };
  useKeys([
    { keys: 'j', does: 'next row', run: () => move(1) },
    { keys: 'k', does: 'previous row', run: () => move(-1) },
  ]);
}

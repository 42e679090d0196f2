// The log on the page: draws the rows that are seen, out of a store that holds the lines around them. Framework-free.
//
// Invariants: as many row elements as fit the view, whatever the log's length; nothing but text nodes for what a log says.
import { centred, type HeightOf, jumped, moved, type Position, share, spaceFor } from './position.ts';
import { Row, type RowLook } from './row.ts';
import { type Hidden, RowMap } from './rowmap.ts';
import type { Selection } from './selection.ts';
import type { Line, LogSource } from './source.ts';
import { LineStore } from './store.ts';

/** In step with --log-row in log.css. */
export const ROW_PX = 20;
const SPARE_ROWS = 4;
/** The scroll bar is put right when scrolling has stopped for so long. */
const SETTLE_MS = 120;

export interface LogEvents {
  /** The length or completeness changed. */
  changed: (total: number, complete: boolean) => void;
  failed: (error: unknown) => void;
  /** The reader scrolled away from the end, or came back to it. */
  followed: (follows: boolean) => void;
  /** A line's number was clicked. */
  picked: (line: number, shift: boolean) => void;
  /** A group's title was clicked, or a step's: see `stepKey`. */
  toggled: (key: number) => void;
}

/** What is shown first: a line, or the end, followed or not. */
export interface Begin {
  line?: number | undefined;
  follow: boolean;
}

export class LogView {
  readonly #store: LineStore;
  readonly #scroller: HTMLElement;
  readonly #space = document.createElement('div');
  readonly #view = document.createElement('div');
  readonly #events: LogEvents;
  #begin: Begin | undefined;
  readonly #end = new AbortController();
  readonly #resize: ResizeObserver;
  #rows: Row[] = [];
  readonly #heights = new Map<number, number>();
  #at: Position = { row: 0, px: 0 };
  #map = new RowMap(0, []);
  #hidden: readonly Hidden[] = [];
  #look: RowLook = { time: undefined, marks: undefined, folded: () => undefined, step: () => undefined };
  #wrap = false;
  #follows = false;
  #selection: Selection | undefined;
  #current: number | undefined;
  #scrollTop = 0;
  #frame = 0;
  #settle: ReturnType<typeof setTimeout> | undefined;
  #viewPx = 0;

  constructor(scroller: HTMLElement, source: LogSource, events: LogEvents, begin: Begin) {
    this.#begin = begin;
    this.#scroller = scroller;
    this.#events = events;
    this.#store = new LineStore(source, () => this.#grown(), events.failed);
    this.#space.className = 'log-space';
    this.#view.className = 'log-view';
    this.#space.append(this.#view);
    scroller.replaceChildren(this.#space);
    const { signal } = this.#end;
    scroller.addEventListener('scroll', () => this.#scrolled(), { passive: true, signal });
    scroller.addEventListener('click', (event) => this.#clicked(event), { signal });
    scroller.addEventListener('keydown', (event) => this.#pressed(event), { signal });
    this.#resize = new ResizeObserver(() => {
      this.#viewPx = scroller.clientHeight;
      this.#heights.clear();
      this.#fit();
    });
    this.#resize.observe(scroller);
    this.#viewPx = scroller.clientHeight;
  }

  close(): void {
    this.#end.abort();
    this.#resize.disconnect();
    this.#store.close();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#settle);
    this.#scroller.replaceChildren();
  }

  /** Looks for new lines. */
  refresh = (): Promise<void> => this.#store.refresh();

  line = (number: number): Line | undefined => this.#store.line(number);

  setLook(look: RowLook): void {
    this.#look = look;
    this.#later();
  }

  setWrap(wrap: boolean): void {
    if (wrap === this.#wrap) return;
    this.#wrap = wrap;
    this.#scroller.classList.toggle('wraps', wrap);
    this.#heights.clear();
    this.#fit();
  }

  /** Lines that are not shown: the insides of folded groups. */
  setHidden(hidden: readonly Hidden[]): void {
    const top = this.#map.lineOf(this.#at.row);
    this.#hidden = hidden;
    this.#map = new RowMap(this.#store.total, hidden);
    this.#heights.clear();
    this.#at = { row: this.#map.rowOf(top), px: this.#at.px };
    this.#fit();
  }

  select(selection: Selection | undefined): void {
    this.#selection = selection;
    this.#later();
  }

  /** The match that the reader is at. */
  setCurrent(line: number | undefined): void {
    this.#current = line;
    this.#later();
  }

  /** Shows a line, if it is not seen already. */
  reveal(line: number): void {
    this.#setFollows(false);
    const row = this.#map.rowOf(Math.min(line, Math.max(0, this.#store.total - 1)));
    const seen = Math.floor(this.#viewPx / ROW_PX) - 2;
    if (this.#wrap || row < this.#at.row + 1 || row > this.#at.row + seen) this.#at = centred(row, this.#map.rows, ROW_PX, this.#viewPx);
    this.#fit();
  }

  follow(follows: boolean): void {
    this.#setFollows(follows);
    if (follows) this.toEnd();
  }

  toEnd(): void {
    this.#at = { row: Math.max(0, this.#map.rows - Math.ceil(this.#viewPx / ROW_PX)), px: 0 };
    this.#fit(true);
  }

  toStart(): void {
    this.#setFollows(false);
    this.#at = { row: 0, px: 0 };
    this.#fit();
  }

  #setFollows(follows: boolean): void {
    if (follows === this.#follows) return;
    this.#follows = follows;
    this.#events.followed(follows);
  }

  readonly #heightOf: HeightOf = (row) => (this.#wrap ? (this.#heights.get(row) ?? ROW_PX) : ROW_PX);

  #grown(): void {
    const { total, complete } = this.#store;
    if (total !== this.#map.rows || this.#hidden.length > 0) this.#map = new RowMap(total, this.#hidden);
    // Room for the longest number.
    this.#view.style.setProperty('--digits', String(Math.max(3, String(total).length)));
    this.#events.changed(total, complete);
    if (this.#begin && total > 0) this.#place(this.#begin);
    else if (this.#follows) this.toEnd();
    else this.#fit();
  }

  #place({ line, follow }: Begin): void {
    this.#begin = undefined;
    if (line !== undefined) this.reveal(line);
    else if (follow) this.follow(true);
    else this.toEnd();
  }

  /** Draws, and makes sure that the view is filled to its end. */
  #fit(toEnd = false): void {
    this.#space.style.height = `${spaceFor(this.#map.rows, ROW_PX, this.#viewPx)}px`;
    this.#view.style.height = `${this.#viewPx}px`;
    this.#at = { row: Math.min(this.#at.row, Math.max(0, this.#map.rows - 1)), px: this.#at.px };
    // Twice at most: heights of wrapped rows are known once they are drawn.
    for (let round = 0; round < 3; round += 1) {
      this.#draw();
      const over = this.#overEnd();
      if (over === 0 || (over > 0 && !toEnd)) break;
      const before = this.#at;
      this.#at = moved(this.#at, over, this.#map.rows, this.#heightOf);
      if (before.row === this.#at.row && Math.abs(before.px - this.#at.px) < 1) break;
    }
    this.#placeBar();
  }

  /** Pixels of the log's end below the view's (positive), or missing above it (negative); 0 when it is not drawn or fits. */
  #overEnd(): number {
    const last = this.#rows.at(-1);
    if (!last || this.#map.rowOf(last.line) !== this.#map.rows - 1) return 0;
    let height = -this.#at.px;
    for (let row = this.#at.row; row < this.#map.rows; row += 1) height += this.#heightOf(row);
    const over = height - this.#viewPx;
    return over < 0 && this.#at.row === 0 && this.#at.px === 0 ? 0 : over;
  }

  #placeBar(): void {
    const room = this.#scroller.scrollHeight - this.#scroller.clientHeight;
    const top = Math.round(share(this.#at, this.#map.rows, ROW_PX, this.#viewPx, this.#heightOf) * room);
    if (Math.abs(this.#scroller.scrollTop - top) > 1) this.#scroller.scrollTop = top;
    this.#scrollTop = this.#scroller.scrollTop;
  }

  #later(): void {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      this.#draw();
    });
  }

  #scrolled(): void {
    const top = this.#scroller.scrollTop;
    const by = top - this.#scrollTop;
    if (by === 0) { this.#later(); return; }
    this.#scrollTop = top;
    const room = this.#scroller.scrollHeight - this.#scroller.clientHeight;
    const edge = top <= 0 || top >= room - 1;
    if (Math.abs(by) <= 2 * this.#viewPx && !edge) this.#at = moved(this.#at, by, this.#map.rows, this.#heightOf);
    else this.#at = jumped(room <= 0 ? 0 : top / room, this.#map.rows, ROW_PX, this.#viewPx);
    if (by < 0) this.#setFollows(false);
    this.#later();
    clearTimeout(this.#settle);
    this.#settle = setTimeout(() => {
      if (top >= room - 1) {
        this.toEnd();
        if (!this.#store.complete) this.#setFollows(true);
      } else this.#fit();
    }, SETTLE_MS);
  }

  #draw(): void {
    const { row: first, px } = this.#at;
    const from = Math.max(0, first - (this.#wrap ? SPARE_ROWS : 0));
    const to = Math.min(this.#map.rows, first + Math.ceil((this.#viewPx + px) / ROW_PX) + SPARE_ROWS);
    const lines: number[] = [];
    for (let row = from; row < to; row += 1) lines.push(this.#map.lineOf(row));
    this.#store.want(lines);
    this.#arrange(lines);
    if (this.#wrap) this.#measure(from);
    let above = -px;
    for (let row = from; row < first; row += 1) above -= this.#heightOf(row);
    this.#view.style.setProperty('--shift', `${above}px`);
  }

  /** One element per line, in order; elements that went out of sight come in again on the other side. */
  #arrange(lines: readonly number[]): void {
    const wanted = new Set(lines);
    const kept = new Map(this.#rows.filter((row) => wanted.has(row.line)).map((row) => [row.line, row]));
    const free = this.#rows.filter((row) => !wanted.has(row.line));
    this.#rows = lines.map((line) => kept.get(line) ?? free.pop() ?? new Row());
    for (const row of free) row.element.remove();
    for (const [index, row] of this.#rows.entries()) {
      const line = lines[index] ?? 0;
      const selected = this.#selection !== undefined && line >= this.#selection.from && line <= this.#selection.to;
      row.show(line, this.#store.line(line), this.#look, selected, line === this.#current);
      if (this.#view.children[index] !== row.element) this.#view.insertBefore(row.element, this.#view.children[index] ?? null);
    }
  }

  #measure(from: number): void {
    for (const [index, row] of this.#rows.entries()) this.#heights.set(from + index, row.element.offsetHeight);
  }

  #clicked(event: MouseEvent): void {
    const target = event.target instanceof Element ? event.target : null;
    const fold = target?.closest<HTMLElement>('[data-fold]');
    if (fold) { this.#events.toggled(Number(fold.dataset.fold)); return; }
    const number = target?.closest('.log-number');
    const row = number?.closest<HTMLElement>('.log-row');
    if (!row || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    this.#events.picked(Number(row.dataset.line), event.shiftKey);
  }

  /** Keys of a page: arrows and page keys are the browser's own and come as scrolls; Home and End are exact. */
  #pressed(event: KeyboardEvent): void {
    if (event.key === 'Home') this.toStart();
    else if (event.key === 'End') this.follow(!this.#store.complete);
    else return;
    if (event.key === 'End') this.toEnd();
    event.preventDefault();
  }
}

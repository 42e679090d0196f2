// The lines that are at hand: pages around what was looked at, within a bound, whatever the log's length.
import type { Line, LogSource, Slice } from './source.ts';

export const PAGE_LINES = 500;
/** Characters that may be kept. Two bytes each in the worst case: far below the heap's bound. */
const CHARS_MAX = 6_000_000;
/** Asked from the end at first, and with each look for more. */
const TAIL_LINES = 1000;

interface Page {
  lines: Map<number, Line>;
  chars: number;
}

export class LineStore {
  total = 0;
  complete = false;
  readonly #source: LogSource;
  readonly #changed: () => void;
  readonly #failed: (error: unknown) => void;
  /** In order of use, the latest last. */
  readonly #pages = new Map<number, Page>();
  readonly #loading = new Map<number, AbortController>();
  readonly #life = new AbortController();
  #chars = 0;

  constructor(source: LogSource, changed: () => void, failed: (error: unknown) => void) {
    this.#source = source;
    this.#changed = changed;
    this.#failed = failed;
  }

  close(): void {
    this.#life.abort();
    for (const flight of this.#loading.values()) flight.abort();
  }

  line(number: number): Line | undefined {
    return this.#pages.get(Math.floor(number / PAGE_LINES))?.lines.get(number);
  }

  /** The end of the log as it is now; again and again while it grows. */
  async refresh(): Promise<void> {
    const known = this.total;
    const slice =
      known === 0 ? await this.#source.tail(TAIL_LINES, this.#life.signal) : await this.#source.read(known, TAIL_LINES, this.#life.signal);
    this.#take(slice);
  }

  /** Loads what is missing of these lines, and gives up what nobody waits for any more. Between two of them may be a million that are folded. */
  want(lines: readonly number[]): void {
    const pages = new Set(lines.filter((line) => line >= 0 && line < this.total).map((line) => Math.floor(line / PAGE_LINES)));
    for (const [page, flight] of this.#loading) if (![page - 1, page, page + 1].some((near) => pages.has(near))) flight.abort();
    for (const page of pages) if (!this.#whole(page) && !this.#loading.has(page)) void this.#load(page);
  }

  #whole(page: number): boolean {
    const held = this.#pages.get(page);
    if (!held) return false;
    // Used: it is the last that goes.
    this.#pages.delete(page);
    this.#pages.set(page, held);
    return held.lines.size >= Math.min(PAGE_LINES, this.total - page * PAGE_LINES);
  }

  async #load(page: number): Promise<void> {
    const flight = new AbortController();
    this.#loading.set(page, flight);
    try {
      let from = page * PAGE_LINES;
      const end = from + PAGE_LINES;
      while (from < Math.min(end, this.total)) {
        const slice = await this.#source.read(from, end - from, flight.signal);
        if (flight.signal.aborted) return;
        this.#take(slice);
        // Long lines come in smaller helpings; none at all is an end.
        if (slice.lines.length === 0) return;
        from += slice.lines.length;
      }
    } catch (error) {
      if (!flight.signal.aborted && !this.#life.signal.aborted) this.#failed(error);
    } finally {
      this.#loading.delete(page);
    }
  }

  #take(slice: Slice): void {
    if (this.#life.signal.aborted) return;
    for (const line of slice.lines) this.#put(line);
    this.total = Math.max(this.total, slice.total);
    this.complete = slice.complete;
    this.#drop();
    this.#changed();
  }

  #put(line: Line): void {
    const number = Math.floor(line.number / PAGE_LINES);
    let page = this.#pages.get(number);
    if (!page) {
      page = { lines: new Map(), chars: 0 };
      this.#pages.set(number, page);
    }
    if (page.lines.has(line.number)) return;
    page.lines.set(line.number, line);
    page.chars += line.text.length;
    this.#chars += line.text.length;
  }

  #drop(): void {
    for (const [number, page] of this.#pages) {
      if (this.#chars <= CHARS_MAX || this.#pages.size <= 2) return;
      this.#pages.delete(number);
      this.#chars -= page.chars;
    }
  }
}

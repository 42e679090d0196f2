// The whole text of a log, for searches: fetched once, kept outside the page's heap, and read on from where it ended while the log grows.
//
// Invariant: what is kept ends with the end of a line, unless the log is complete.
import type { LogSource, Slice } from './source.ts';
import { isPacked } from './unpack.ts';

/** It is kept in parts of so many bytes: few, since each costs a way to where they are kept. */
const PART_BYTES = 4 << 20;
/** More is not kept: then it is for the server to search. */
const KEPT_MAX = 512 << 20;
/** Lines of one call for the rest. */
const REST_LINES = 10_000;
/** A longer rest is fetched with all before it. */
const REST_MAX = 20 * REST_LINES;
const NEWLINE = 10;

export interface TextSource extends Pick<LogSource, 'read'> {
  /** All of it, as it is now: plain, or packed with gzip where it is complete. */
  open(signal: AbortSignal): Promise<Response>;
}

/** How far a log has grown. */
export type Grown = Pick<Slice, 'total' | 'complete'>;

/** What is new comes as it is, what is kept as it is kept. */
export type Bytes = Blob | Uint8Array<ArrayBuffer>;

export interface Taker {
  /** Before anything else: what the bytes are. */
  begin: (type: string | null) => void;
  part: (bytes: Bytes) => void;
  end: () => void;
  failed: (status: number, message: string) => void;
}

class Refused extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`the log cannot be read: ${status}`);
    this.status = status;
  }
}

export class LogText {
  readonly #source: TextSource;
  readonly #takers = new Set<Taker>();
  #parts: Blob[] = [];
  /** What will be the next part. */
  #recent: Uint8Array<ArrayBuffer>[] = [];
  #recentBytes = 0;
  #bytes = 0;
  /** Whole lines in the parts; unknown where they are packed. */
  #lines = 0;
  #pending: Uint8Array<ArrayBuffer>[] = [];
  #type: string | null | undefined;
  #final = false;
  #flight: AbortController | undefined;

  constructor(source: TextSource) {
    this.#source = source;
  }

  /** Gives all that is there, and then what comes, until its end. Begins to fetch what is missing. */
  give(grown: Grown, taker: Taker): () => void {
    this.#takers.add(taker);
    if (!this.#flight && this.#isBehind(grown)) this.#begin(grown);
    if (this.#type !== undefined) taker.begin(this.#type);
    for (const part of [...this.#parts, ...this.#recent]) taker.part(part);
    if (!this.#flight) this.#leave(taker, () => taker.end());
    return () => this.#takers.delete(taker);
  }

  /** Gives up all that is kept. */
  close(): void {
    this.#flight?.abort();
    this.#forget();
    this.#takers.clear();
  }

  #isBehind({ total }: Grown): boolean {
    return this.#type === undefined || (!this.#final && this.#lines < total);
  }

  #forget(): void {
    [this.#parts, this.#recent, this.#pending] = [[], [], []];
    [this.#recentBytes, this.#bytes, this.#lines] = [0, 0, 0];
    [this.#type, this.#final, this.#flight] = [undefined, false, undefined];
  }

  #begin(grown: Grown): void {
    const flight = new AbortController();
    if (grown.total - this.#lines > REST_MAX) this.#forget();
    this.#flight = flight;
    const work = this.#type === undefined ? this.#load(grown.complete, flight.signal) : this.#loadRest(flight.signal);
    work.then(
      () => this.#over(flight, (taker) => taker.end()),
      (error: unknown) => {
        if (flight.signal.aborted) return;
        const [takers, status] = [[...this.#takers], error instanceof Refused ? error.status : 0];
        this.#forget();
        for (const taker of takers) this.#leave(taker, () => taker.failed(status, error instanceof Error ? error.message : String(error)));
      },
    );
  }

  #over(flight: AbortController, last: (taker: Taker) => void): void {
    if (flight.signal.aborted) return;
    this.#flight = undefined;
    for (const taker of [...this.#takers]) this.#leave(taker, () => last(taker));
  }

  #leave(taker: Taker, last: () => void): void {
    if (this.#takers.delete(taker)) last();
  }

  async #load(complete: boolean, signal: AbortSignal): Promise<void> {
    const response = await this.#source.open(signal);
    if (!response.ok || !response.body) throw new Refused(response.status);
    const type = response.headers.get('content-type');
    this.#type = type;
    for (const taker of this.#takers) taker.begin(type);
    const [packed, reader] = [isPacked(type), response.body.getReader()];
    for (;;) {
      const { done, value } = await reader.read();
      if (signal.aborted) return;
      if (done) break;
      this.#take(value, packed);
    }
    this.#final = complete || packed;
    // The last line of a log that grows may be half of one.
    if (this.#final) this.#keep(this.#pending);
    this.#pending = [];
  }

  /** Parts end where lines end, except of what is packed. */
  #take(chunk: Uint8Array<ArrayBuffer>, packed: boolean): void {
    const last = packed ? chunk.length - 1 : chunk.lastIndexOf(NEWLINE);
    if (last === -1) {
      this.#pending.push(chunk);
      return;
    }
    this.#pending.push(chunk.subarray(0, last + 1));
    if (!packed) for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, at + 1)) this.#lines += 1;
    this.#keep(this.#pending);
    this.#pending = last + 1 < chunk.length ? [chunk.slice(last + 1)] : [];
  }

  #keep(pieces: readonly Uint8Array<ArrayBuffer>[]): void {
    for (const bytes of pieces) {
      this.#bytes += bytes.length;
      if (this.#bytes > KEPT_MAX) throw new Error('the log is too large to be searched here');
      this.#recent.push(bytes);
      this.#recentBytes += bytes.length;
      for (const taker of this.#takers) taker.part(bytes);
    }
    if (this.#recentBytes < PART_BYTES) return;
    this.#parts.push(new Blob(this.#recent));
    [this.#recent, this.#recentBytes] = [[], 0];
  }

  async #loadRest(signal: AbortSignal): Promise<void> {
    for (;;) {
      const { lines, total, complete } = await this.#source.read(this.#lines, REST_LINES, signal);
      if (signal.aborted) return;
      this.#lines += lines.length;
      if (lines.length > 0) this.#keep([new TextEncoder().encode(lines.map(({ text }) => `${text}\n`).join(''))]);
      if (lines.length === 0 || this.#lines >= total) {
        this.#final = complete && this.#lines >= total;
        return;
      }
    }
  }
}

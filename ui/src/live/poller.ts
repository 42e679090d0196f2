// Asks the server for the versions of all watched keys, as often as the server wishes, and never while paused.
//
// The first answer for a key only tells where it stands: the key is settled then. Keys that cannot be told, and calls that fail, are in
// nobody else's way.
import type { Ask, Key, Told } from './source.ts';

/** The server's limit for one call. */
const KEYS_PER_CALL = 50;
const SOONEST_MS = 1000;
const IDLE_MS = 15_000;
/** After a failed call, doubled each time. */
const RETRY_MS = 2000;
const RETRY_MAX_MS = 30_000;

export interface Clock {
  after(ms: number, run: () => void): () => void;
}

const browserClock: Clock = {
  after(ms, run) {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

interface Batch {
  etag: string | undefined;
  next: number;
}

export class Poller {
  readonly #ask: Ask;
  readonly #emit: Told;
  readonly #clock: Clock;
  readonly #versions = new Map<Key, number | undefined>();
  readonly #batches = new Map<string, Batch>();
  #keys: readonly Key[] = [];
  #paused = true;
  #failures = 0;
  #stopTimer: (() => void) | undefined;
  #inFlight: AbortController | undefined;

  constructor(ask: Ask, emit: Told, clock: Clock = browserClock) {
    this.#ask = ask;
    this.#emit = emit;
    this.#clock = clock;
  }

  /** What to watch from now on. */
  setKeys(keys: readonly Key[]): void {
    const next = [...new Set(keys)].sort();
    if (next.length === this.#keys.length && next.every((key, index) => key === this.#keys[index])) return;
    this.#keys = next;
    for (const key of this.#versions.keys()) if (!next.includes(key)) this.#versions.delete(key);
    this.#batches.clear();
    this.#restart(0);
  }

  /** Whether it is known where the key stands: later changes of it are told. */
  knows(key: Key): boolean {
    return !this.#paused && this.#versions.has(key);
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#restart(0);
  }

  pause(): void {
    this.#paused = true;
    this.#stop();
  }

  #stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
    this.#inFlight?.abort();
    this.#inFlight = undefined;
  }

  #restart(ms: number): void {
    this.#stop();
    if (this.#paused || this.#keys.length === 0) return;
    this.#stopTimer = this.#clock.after(ms, () => void this.#round());
  }

  async #round(): Promise<void> {
    const flight = new AbortController();
    this.#inFlight = flight;
    let [next, failed] = [IDLE_MS, false];
    for (let from = 0; from < this.#keys.length && !flight.signal.aborted; from += KEYS_PER_CALL) {
      try {
        next = Math.min(next, await this.#call(this.#keys.slice(from, from + KEYS_PER_CALL), flight.signal));
      } catch {
        failed = true;
      }
    }
    if (failed) next = Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** this.#failures);
    this.#failures = failed ? this.#failures + 1 : 0;
    // Whoever stopped this round has begun another, or wants none.
    if (!flight.signal.aborted) this.#restart(next);
  }

  async #call(keys: readonly Key[], signal: AbortSignal): Promise<number> {
    const name = keys.join(',');
    const batch = this.#batches.get(name) ?? { etag: undefined, next: IDLE_MS };
    const seen = await this.#ask(keys, batch.etag, signal);
    if (signal.aborted) return IDLE_MS;
    if (seen === null) return batch.next;
    this.#batches.set(name, { etag: seen.etag, next: Math.max(SOONEST_MS, seen.next_ms) });
    for (const key of keys) {
      const version = seen.changed[key];
      const known = this.#versions.has(key);
      const before = this.#versions.get(key);
      this.#versions.set(key, version);
      if (!known) this.#emit(key, 'settled');
      else if (before !== version) this.#emit(key, 'changed');
    }
    return Math.max(SOONEST_MS, seen.next_ms);
  }
}

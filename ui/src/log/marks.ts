// Where a search matches in the lines that are drawn. A plain text is found in no time; an expression runs in the worker, and what is drawn
// before it has answered has no marks.
import { patternOf, type Wanted } from './matcher.ts';
import { markRanges, type Range } from './pieces.ts';
import { startRunner, type Runner } from './worker.ts';

/** Characters of lines whose marks are kept. */
const CHARS_MAX = 2_000_000;
const NONE: readonly Range[] = [];

export class Marks {
  readonly #wanted: Wanted;
  readonly #literal: RegExp | undefined;
  readonly #known = new Map<string, readonly Range[]>();
  readonly #listeners = new Set<() => void>();
  #chars = 0;
  #asked: readonly string[] = [];
  #next = new Set<string>();
  #runner: Runner | undefined;
  #slow = false;
  #version = 0;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
    this.#literal = wanted.kind === 'regex' ? undefined : patternOf(wanted);
  }

  /** Whether the expression took too long: nothing more is marked. */
  get slow(): boolean {
    return this.#slow;
  }

  /** Another number whenever there is more to draw. */
  version = (): number => this.#version;

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Where it matches in a drawn text; nothing as long as that is not known. */
  of = (text: string): readonly Range[] => {
    if (this.#literal) return markRanges(text, this.#literal);
    const known = this.#known.get(text);
    if (known || this.#slow || text === '') return known ?? NONE;
    this.#next.add(text);
    if (this.#next.size === 1 && this.#asked.length === 0) queueMicrotask(() => this.#ask());
    return NONE;
  };

  /** Ends what is at work. It begins again when it is asked again. */
  close(): void {
    this.#runner?.end();
    this.#runner = undefined;
    this.#asked = [];
    this.#next.clear();
  }

  #ask(): void {
    if (this.#asked.length > 0 || this.#next.size === 0) return;
    this.#asked = [...this.#next];
    this.#next.clear();
    this.#runner ??= startRunner(
      (news) => this.#take(news.kind === 'marked' ? news.ranges : []),
      () => this.#giveUp(),
    );
    this.#runner.post({ kind: 'marks', wanted: this.#wanted, texts: this.#asked });
  }

  #take(ranges: readonly (readonly Range[])[]): void {
    if (this.#chars > CHARS_MAX) {
      this.#known.clear();
      this.#chars = 0;
    }
    for (const [index, text] of this.#asked.entries()) {
      this.#known.set(text, ranges[index] ?? NONE);
      this.#chars += text.length;
    }
    this.#asked = [];
    this.#tell();
    this.#ask();
  }

  #giveUp(): void {
    this.close();
    this.#slow = true;
    this.#tell();
  }

  #tell(): void {
    this.#version += 1;
    for (const listener of this.#listeners) listener();
  }
}

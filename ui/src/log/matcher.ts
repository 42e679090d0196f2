// What a search looks for, and how a stream of bytes becomes lines. Pure; runs in the worker and in tests.
import { plain } from './ansi.ts';

export type Wanted = { kind: 'text'; text: string } | { kind: 'regex'; text: string } | { kind: 'error' };

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** A line that reports an error. `0 errors`, `no errors` and `error_count` do not. */
const ERROR = /(?<![\w-])(?<!\b(?:0|no|without) )(?:error|errors|fatal|panicked|traceback|exception|failed|failure)(?![\w-])/i;

/** The pattern that a search marks in lines: global, in any case for plain text. Throws a SyntaxError for a wrong expression. */
export function patternOf(wanted: Wanted): RegExp {
  switch (wanted.kind) {
    case 'text':
      return new RegExp(escaped(wanted.text), 'gi');
    case 'regex':
      return new RegExp(wanted.text, 'g');
    case 'error':
      return new RegExp(ERROR.source, 'gi');
  }
}

/** Whether a raw line is wanted. */
export function matcher(wanted: Wanted): (line: string) => boolean {
  const pattern = patternOf(wanted);
  const test = new RegExp(pattern.source, pattern.flags.replace('g', ''));
  return (line) => test.test(line.includes('\u001b') || line.includes('\r') ? plain(line) : line);
}

/** Whole lines out of chunks of text; `end` gives the last one, if it did not end. */
export class Lines {
  #rest = '';

  push(chunk: string, each: (line: string) => void): void {
    let from = 0;
    for (let at = chunk.indexOf('\n'); at !== -1; at = chunk.indexOf('\n', from)) {
      each(this.#rest + chunk.slice(from, at));
      this.#rest = '';
      from = at + 1;
    }
    this.#rest += chunk.slice(from);
  }

  end(each: (line: string) => void): void {
    if (this.#rest !== '') each(this.#rest);
    this.#rest = '';
  }
}

// Searches in the worker. One worker per search: ending it ends the search, wherever it is.
import type { Wanted } from './matcher.ts';
import type { News } from './search.worker.ts';
import type { Grown, LogText } from './text.ts';
import { startRunner } from './worker.ts';

export type SearchNews =
  | Extract<News, { kind: 'found' | 'done' | 'failed' }>
  /** The expression took too long here: the search was ended. */
  | { kind: 'slow' };

/** `grown`: how far the log is known to have grown. */
export function startSearch(text: LogText, grown: Grown, wanted: Wanted, on: (news: SearchNews) => void): () => void {
  const runner = startRunner(
    (news) => news.kind !== 'marked' && on(news),
    () => {
      leave();
      on({ kind: 'slow' });
    },
  );
  const leave = text.give(grown, {
    begin: (type) => runner.post({ kind: 'search', wanted, type }),
    part: (bytes) => runner.post({ kind: 'bytes', bytes }),
    end: () => runner.post({ kind: 'end' }),
    failed: (status, message) => on({ kind: 'failed', status, message }),
  });
  return () => {
    leave();
    runner.end();
  };
}

// Searching a log: in a worker, over all of it; by the server where it cannot be fetched whole, or where the expression takes too long here.
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';

import { searchLog } from '../../api/logs.ts';
import { Marks } from '../../log/marks.ts';
import { patternOf, type Wanted } from '../../log/matcher.ts';
import type { RowLook } from '../../log/row.ts';
import { type SearchNews, startSearch } from '../../log/search.ts';
import type { Grown, LogText } from '../../log/text.ts';

export interface Found {
  /** Numbers of lines, in order. */
  lines: number[];
  done: boolean;
  cut: boolean;
  error: string | undefined;
  /** What is to be known besides. */
  note: string | undefined;
}

const NOTHING: Found = { lines: [], done: false, cut: false, error: undefined, note: undefined };
/** While typing. */
const PAUSE_MS = 250;
const SERVER_MATCHES_MAX = 20_000;
/** What the server takes for an error: its expressions have no look-around. */
const SERVER_ERROR = '(?i)\\b(error|errors|fatal|panicked|traceback|exception|failed|failure)\\b';
const SLOW = 'The expression takes too long here: the server searches, and nothing is marked.';
const UNMARKED = 'The expression takes too long to be marked.';

interface Asked {
  job: string;
  tryNumber: number | undefined;
  text: LogText;
  grown: Grown;
  wanted: Wanted;
}

/** Starts a search; news come until it is over. After `slow` come those of the server. */
function search({ job, tryNumber, text, grown, wanted }: Asked, on: (news: SearchNews) => void): () => void {
  const byServer = new AbortController();
  const stop = startSearch(text, grown, wanted, (news) => {
    if (news.kind === 'slow') on(news);
    if (news.kind !== 'failed' && news.kind !== 'slow') { on(news); return; }
    const [words, regex] = wanted.kind === 'error' ? [SERVER_ERROR, true] : [wanted.text, wanted.kind === 'regex'];
    searchLog(job, tryNumber, words, regex, SERVER_MATCHES_MAX, byServer.signal).then(
      (lines) => {
        on({ kind: 'found', lines: Uint32Array.from(lines, (line) => line.number), scanned: 0 });
        on({ kind: 'done', scanned: 0, cut: lines.length >= SERVER_MATCHES_MAX });
      },
      (error: unknown) => {
        if (!byServer.signal.aborted) on({ kind: 'failed', status: 0, message: error instanceof Error ? error.message : String(error) });
      },
    );
  });
  return () => {
    byServer.abort();
    stop();
  };
}

/** What is wrong with an expression. Nothing of it runs here: it is only read. */
function wrongIn(wanted: Wanted | undefined): string | undefined {
  if (!wanted) return undefined;
  try {
    patternOf(wanted);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'not a regular expression';
  }
}

const never = () => () => undefined;

/** Where what is looked for is in the drawn lines. */
function useMarks(wanted: Wanted | undefined): { marks: RowLook['marks']; slow: boolean } {
  const marks = useMemo(() => (wanted ? new Marks(wanted) : undefined), [wanted]);
  useEffect(() => () => marks?.close(), [marks]);
  const version = useSyncExternalStore(marks?.subscribe ?? never, marks?.version ?? (() => 0));
  // Another function whenever there is more to draw: rows are drawn anew then.
  return useMemo(() => ({ marks: marks && version >= 0 ? (text: string) => marks.of(text) : undefined, slow: marks?.slow ?? false }), [marks, version]);
}

/** A log that grows is searched anew when it has so many more lines, and once more when it is whole. */
const STEP = 5000;

const told = (before: Found, news: SearchNews): Found => {
  switch (news.kind) {
    case 'found':
      return { ...before, lines: [...before.lines, ...news.lines] };
    case 'done':
      return { ...before, done: true, cut: news.cut };
    case 'slow':
      // What was found so far will come from the server, too.
      return { ...NOTHING, note: SLOW };
    case 'failed':
      return { ...before, done: true, error: news.message };
  }
};

/** What is found in a log. */
export function useLogSearch(job: string, tryNumber: number | undefined, text: LogText, words: string | undefined, regex: boolean, { total, complete }: Grown) {
  const step = complete ? -1 : Math.floor(total / STEP);
  const wanted = useMemo((): Wanted | undefined => (words ? { kind: regex ? 'regex' : 'text', text: words } : undefined), [words, regex]);
  const wrong = useMemo(() => wrongIn(wanted), [wanted]);
  const [found, setFound] = useState<Found>(NOTHING);
  const grown = useRef<Grown>({ total, complete });
  useEffect(() => {
    grown.current = { total, complete };
  }, [total, complete]);
  const searches = wanted !== undefined && wrong === undefined && total > 0;
  const { marks, slow } = useMarks(searches ? wanted : undefined);

  useEffect(() => {
    if (!searches) return;
    let stop: (() => void) | undefined;
    let fresh = true;
    const timer = setTimeout(() => {
      stop = search({ job, tryNumber, text, grown: grown.current, wanted }, (news) => {
        const first = fresh;
        fresh = false;
        setFound((now) => told(first ? NOTHING : now, news));
      });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop?.();
    };
  }, [job, tryNumber, text, wanted, searches, step]);

  const shown = found.note === undefined && slow ? { ...found, note: UNMARKED } : found;
  return { marks: found.note === undefined ? marks : undefined, found: searches ? shown : { ...NOTHING, done: true, error: wrong } };
}

/** The first line that reports an error; `undefined` when there is none. */
export function firstError(job: string, tryNumber: number | undefined, text: LogText, grown: Grown): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const stop = search({ job, tryNumber, text, grown, wanted: { kind: 'error' } }, (news) => {
      if (news.kind === 'slow') return;
      stop();
      if (news.kind === 'failed') reject(new Error(news.message));
      else resolve(news.kind === 'found' ? news.lines[0] : undefined);
    });
  });
}

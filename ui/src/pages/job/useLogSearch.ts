// Searching a log: in a worker, over all of it; by the server where it cannot be fetched whole.
import { useEffect, useMemo, useState } from 'react';

import { downloadUrl, searchLog } from '../../api/logs.ts';
import { session } from '../../api/session.ts';
import { patternOf, type Wanted } from '../../log/matcher.ts';
import { startSearch } from '../../log/search.ts';
import type { SearchNews } from '../../log/search.worker.ts';

export interface Found {
  /** Numbers of lines, in order. */
  lines: number[];
  done: boolean;
  cut: boolean;
  error: string | undefined;
}

const NOTHING: Found = { lines: [], done: false, cut: false, error: undefined };
/** While typing. */
const PAUSE_MS = 250;
const SERVER_MATCHES_MAX = 20_000;
/** What the server takes for an error: its expressions have no look-around. */
const SERVER_ERROR = '(?i)\\b(error|errors|fatal|panicked|traceback|exception|failed|failure)\\b';

interface Asked {
  job: string;
  tryNumber: number | undefined;
  wanted: Wanted;
}

/** Starts a search; news come until it is over. */
export function search({ job, tryNumber, wanted }: Asked, on: (news: SearchNews) => void): () => void {
  const byServer = new AbortController();
  const stop = startSearch({ url: downloadUrl(job, tryNumber), token: session.token(), wanted }, (news) => {
    if (news.kind !== 'failed') { on(news); return; }
    const [text, regex] = wanted.kind === 'error' ? [SERVER_ERROR, true] : [wanted.text, wanted.kind === 'regex'];
    searchLog(job, tryNumber, text, regex, SERVER_MATCHES_MAX, byServer.signal).then(
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

/** The pattern to mark, or what is wrong with it. */
function compile(wanted: Wanted | undefined): { pattern?: RegExp; wrong?: string } {
  if (!wanted) return {};
  try {
    return { pattern: patternOf(wanted) };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : 'not a regular expression' };
  }
}

/** A log that grows is searched anew when it has so many more lines, and once more when it is whole. */
const STEP = 5000;

/** What a text finds in a log. */
export function useLogSearch(job: string, tryNumber: number | undefined, text: string | undefined, regex: boolean, { total, complete }: { total: number; complete: boolean }) {
  const grown = complete ? -1 : Math.floor(total / STEP);
  const wanted = useMemo((): Wanted | undefined => (text ? { kind: regex ? 'regex' : 'text', text } : undefined), [text, regex]);
  const { pattern, wrong } = useMemo(() => compile(wanted), [wanted]);
  const [found, setFound] = useState<Found>(NOTHING);
  const searches = wanted !== undefined && wrong === undefined && total > 0;

  useEffect(() => {
    if (!searches) return;
    let stop: (() => void) | undefined;
    let fresh = true;
    const timer = setTimeout(() => {
      stop = search({ job, tryNumber, wanted }, (news) => {
        setFound((now) => {
          const before = fresh ? NOTHING : now;
          fresh = false;
          if (news.kind === 'found') return { ...before, lines: [...before.lines, ...news.lines] };
          if (news.kind === 'done') return { ...before, done: true, cut: news.cut };
          return { ...before, done: true, error: news.message };
        });
      });
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      stop?.();
    };
  }, [job, tryNumber, wanted, searches, grown]);

  return { pattern, found: searches ? found : { ...NOTHING, done: true, error: wrong } };
}

/** The first line that reports an error; `undefined` when there is none. */
export function firstError(job: string, tryNumber: number | undefined): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const stop = search({ job, tryNumber, wanted: { kind: 'error' } }, (news) => {
      stop();
      if (news.kind === 'failed') reject(new Error(news.message));
      else resolve(news.kind === 'found' ? news.lines[0] : undefined);
    });
  });
}

// Searches a whole log away from the page: reads it as a stream, line by line, and keeps only the numbers that match.
import { Lines, matcher, type Wanted } from './matcher.ts';
import { textOf } from './unpack.ts';

export interface SearchOrder {
  /** Address of the log's text. */
  url: string;
  token: string | null;
  wanted: Wanted;
}

export type SearchNews =
  | { kind: 'found'; lines: Uint32Array; scanned: number }
  | { kind: 'done'; scanned: number; cut: boolean }
  | { kind: 'failed'; status: number; message: string };

/** More would help nobody. */
const MATCHES_MAX = 100_000;
/** Matches are told in batches, the first one at once. */
const BATCH = 2000;

const tell = (news: SearchNews) => self.postMessage(news);

async function search({ url, token, wanted }: SearchOrder): Promise<void> {
  const matches = matcher(wanted);
  const response = await fetch(url, { headers: token === null ? {} : { Authorization: `Bearer ${token}` } });
  if (!response.ok || !response.body) { tell({ kind: 'failed', status: response.status, message: `the log cannot be read: ${response.status}` }); return; }

  const lines = new Lines();
  let [scanned, found, batch] = [0, 0, [] as number[]];
  const flush = () => {
    if (batch.length > 0) tell({ kind: 'found', lines: Uint32Array.from(batch), scanned });
    batch = [];
  };
  const look = (line: string) => {
    if (found < MATCHES_MAX && matches(line)) {
      batch.push(scanned);
      found += 1;
      if (found === 1 || batch.length >= BATCH) flush();
    }
    scanned += 1;
  };
  const reader = textOf(response.body, response.headers.get('content-type')).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    lines.push(value, look);
    if (found >= MATCHES_MAX) {
      await reader.cancel();
      break;
    }
  }
  lines.end(look);
  flush();
  tell({ kind: 'done', scanned, cut: found >= MATCHES_MAX });
}

self.onmessage = (event: MessageEvent<SearchOrder>) => {
  search(event.data).catch((error: unknown) => tell({ kind: 'failed', status: 0, message: error instanceof Error ? error.message : String(error) }));
};

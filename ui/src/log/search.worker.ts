// Everything that a person's expression is run by: expressions can take for ever, and only a worker can be ended.
//
// A search is given the log's bytes as they come and keeps only the numbers of lines that match. Marks are where the expression matches in
// the few lines that are seen. Each piece of work is announced, so that whoever waits knows whether it takes too long.
import { Lines, matcher, patternOf, type Wanted } from './matcher.ts';
import { markRanges, type Range } from './pieces.ts';
import { textOf } from './unpack.ts';

export type Order =
  /** `type`: of the bytes that follow, as HTTP calls it. */
  | { kind: 'search'; wanted: Wanted; type: string | null }
  | { kind: 'bytes'; bytes: Blob | Uint8Array<ArrayBuffer> }
  | { kind: 'end' }
  | { kind: 'marks'; wanted: Wanted; texts: readonly string[] };

export type News =
  | { kind: 'found'; lines: Uint32Array; scanned: number }
  | { kind: 'done'; scanned: number; cut: boolean }
  | { kind: 'failed'; status: number; message: string }
  /** Of each text, in order. */
  | { kind: 'marked'; ranges: readonly (readonly Range[])[] }
  /** The expression is at work from now on; it is not any more. */
  | { kind: 'busy' }
  | { kind: 'rests' };

/** More would help nobody. */
const MATCHES_MAX = 100_000;
/** Matches are told in batches, the first one at once. */
const BATCH = 2000;

const tell = (news: News) => self.postMessage(news);

async function search(wanted: Wanted, text: ReadableStream<string>): Promise<void> {
  const matches = matcher(wanted);
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
  const atWork = (work: () => void) => {
    tell({ kind: 'busy' });
    work();
    tell({ kind: 'rests' });
  };
  const reader = text.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    atWork(() => lines.push(value, look));
    if (found >= MATCHES_MAX) {
      await reader.cancel();
      break;
    }
  }
  atWork(() => lines.end(look));
  flush();
  tell({ kind: 'done', scanned, cut: found >= MATCHES_MAX });
}

function mark(wanted: Wanted, texts: readonly string[]): void {
  const pattern = patternOf(wanted);
  tell({ kind: 'busy' });
  tell({ kind: 'marked', ranges: texts.map((text) => markRanges(text, pattern)) });
  tell({ kind: 'rests' });
}

const failed = (error: unknown) => tell({ kind: 'failed', status: 0, message: error instanceof Error ? error.message : String(error) });

let feed: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>> | undefined;
/** Bytes are read one after the other, in the order in which they came. */
let fed = Promise.resolve();

function take(order: Order): void {
  switch (order.kind) {
    case 'search': {
      const bytes = new ReadableStream<Uint8Array<ArrayBuffer>>({ start: (controller) => void (feed = controller) });
      search(order.wanted, textOf(bytes, order.type)).catch(failed);
      return;
    }
    case 'bytes':
      // A search that has enough takes no more.
      fed = fed.then(async () => feed?.enqueue(order.bytes instanceof Blob ? new Uint8Array(await order.bytes.arrayBuffer()) : order.bytes)).catch(() => undefined);
      return;
    case 'end':
      fed = fed.then(() => feed?.close()).catch(() => undefined);
      return;
    case 'marks':
      mark(order.wanted, order.texts);
  }
}

self.onmessage = (event: MessageEvent<Order>) => take(event.data);

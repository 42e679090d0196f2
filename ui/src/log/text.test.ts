import { expect, it } from 'vitest';

import type { Slice } from './source.ts';
import { type Bytes, type Grown, LogText } from './text.ts';

const lineOf = (number: number) => `line ${number}`;
const textOf = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `${lineOf(from + index)}\n`).join('');

/** A log that grows when the test says so; it counts what is read of it. */
function growing(first: string, type = 'text/plain; charset=utf-8') {
  const log = { total: 0, opened: 0, readFrom: [] as number[], complete: false };
  const text = new LogText({
    open: () => {
      log.opened += 1;
      return Promise.resolve(new Response(first, { headers: { 'content-type': type } }));
    },
    read: (from, count): Promise<Slice> => {
      log.readFrom.push(from);
      const lines = Array.from({ length: Math.min(count, log.total - from) }, (_, index) => ({ number: from + index, time: '', text: lineOf(from + index) }));
      return Promise.resolve({ lines, total: log.total, complete: log.complete });
    },
  });
  const all = (grown: Grown) =>
    new Promise<string>((resolve, reject) => {
      const parts: Bytes[] = [];
      text.give(grown, {
        begin: () => parts.splice(0),
        part: (bytes) => parts.push(bytes),
        end: () => resolve(new Blob(parts).text()),
        failed: (status) => reject(new Error(String(status))),
      });
    });
  return { log, text, all };
}

it('is fetched once for all searches', async () => {
  const { log, all } = growing(textOf(0, 20));
  const both = await Promise.all([all({ total: 20, complete: true }), all({ total: 20, complete: true })]);
  expect([...both, await all({ total: 20, complete: true })]).toEqual([textOf(0, 20), textOf(0, 20), textOf(0, 20)]);
  expect([log.opened, log.readFrom]).toEqual([1, []]);
});

it('reads only the rest of a log that grew, from the beginning of a line', async () => {
  const { log, all } = growing(`${textOf(0, 20)}line 2`);
  expect(await all({ total: 20, complete: false })).toBe(textOf(0, 20));
  log.total = 25_000;
  expect(await all({ total: 25_000, complete: false })).toBe(textOf(0, 25_000));
  expect([log.opened, log.readFrom]).toEqual([1, [20, 10_020, 20_020]]);
  log.complete = true;
  expect(await all({ total: 25_000, complete: true })).toBe(textOf(0, 25_000));
  expect(log.readFrom).toHaveLength(3);
});

it('gives what is kept in parts, and what comes, in order', async () => {
  const { all } = growing(textOf(0, 900_000));
  const grown = { total: 900_000, complete: true };
  const [one, other] = await Promise.all([all(grown), all(grown)]);
  expect([one === textOf(0, 900_000), other === one, (await all(grown)) === one]).toEqual([true, true, true]);
});

it('is fetched anew when the rest is long', async () => {
  const { log, all } = growing(textOf(0, 20));
  await all({ total: 20, complete: false });
  await all({ total: 1_000_000, complete: true });
  expect([log.opened, log.readFrom]).toEqual([2, []]);
});

it('keeps a last line without an end where the log is complete, and packed bytes as they are', async () => {
  expect(await growing('a\nb').all({ total: 2, complete: true })).toBe('a\nb');
  expect(await growing('\u001f\nno lines', 'application/gzip').all({ total: 2, complete: true })).toBe('\u001f\nno lines');
});

it('says when it is refused, and asks anew the next time', async () => {
  let status = 413;
  const text = new LogText({ open: () => Promise.resolve(new Response('x\n', { status })), read: () => Promise.reject(new Error('unused')) });
  const ends = () =>
    new Promise<string>((resolve) => {
      text.give({ total: 1, complete: true }, { begin: () => undefined, part: () => undefined, end: () => resolve('end'), failed: (code) => resolve(String(code)) });
    });
  expect(await ends()).toBe('413');
  status = 200;
  expect(await ends()).toBe('end');
});

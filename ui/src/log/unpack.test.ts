import { gzipSync } from 'fflate';
import { expect, it } from 'vitest';

import { isPacked, textOf } from './unpack.ts';

const bytes = (text: string) => new TextEncoder().encode(text);

/** A stream that comes in pieces of `size` bytes. */
function pieces(whole: Uint8Array, size: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let from = 0;
  return new ReadableStream({
    pull(controller) {
      if (from >= whole.length) {
        controller.close();
        return;
      }
      controller.enqueue(Uint8Array.from(whole.subarray(from, from + size)));
      from += size;
    },
  });
}

async function read(stream: ReadableStream<string>): Promise<string> {
  let text = '';
  for await (const part of stream as unknown as AsyncIterable<string>) text += part;
  return text;
}

it('reads every member of a packed log, wherever it is cut', async () => {
  const members = ['line 1\nline 2\n', 'Zeile 3 – ümläut 🦑\n', 'last\n'];
  const packed = members.map((member) => gzipSync(bytes(member)));
  const whole = new Uint8Array(packed.reduce((sum, part) => sum + part.length, 0));
  packed.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  for (const size of [1, 7, 64, 10_000]) expect(await read(textOf(pieces(whole, size), 'application/gzip'))).toBe(members.join(''));
});

it('leaves plain text alone', async () => {
  expect(await read(textOf(pieces(bytes('a – b\n'), 2), 'text/plain; charset=utf-8'))).toBe('a – b\n');
  expect([isPacked('application/x-gzip'), isPacked('text/plain'), isPacked(null)]).toEqual([true, false, false]);
});

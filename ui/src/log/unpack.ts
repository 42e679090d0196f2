// The text of a log, however it comes: plain, or as the object in the store, which is many gzip members one after another.
// The browser's own DecompressionStream reads only the first of them.
import { Gunzip } from 'fflate';

export function gunzip(): TransformStream<Uint8Array, Uint8Array> {
  const unpacker = new Gunzip();
  return new TransformStream<Uint8Array, Uint8Array>({
    start(controller) {
      unpacker.ondata = (chunk) => {
        if (chunk.length > 0) controller.enqueue(chunk);
      };
    },
    transform(chunk) {
      unpacker.push(chunk);
    },
    flush() {
      unpacker.push(new Uint8Array(), true);
    },
  });
}

/** Whether an answer is packed; `Content-Encoding` is not meant, the browser takes that off itself. */
export const isPacked = (contentType: string | null): boolean => /^application\/(x-)?gzip\b/.test(contentType ?? '');

export function textOf(body: ReadableStream<Uint8Array<ArrayBuffer>>, contentType: string | null): ReadableStream<string> {
  // Bytes are bytes: the two kinds of buffers differ only in their types.
  const bytes = isPacked(contentType) ? (body.pipeThrough(gunzip()) as ReadableStream<Uint8Array<ArrayBuffer>>) : body;
  return bytes.pipeThrough(new TextDecoderStream());
}

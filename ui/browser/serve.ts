// Serves the built app as it is shipped: with the Content-Security-Policy, every address that is no file leading to the app.
// Calls of the API go to a handler: the made-up installation. A real server serves the app itself.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { gzipSync } from 'node:zlib';

const DIST = join(import.meta.dirname, '../dist');

export const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; worker-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'; require-trusted-types-for 'script'";

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

export type Handler = (request: IncomingMessage, response: ServerResponse) => void | Promise<void>;

async function file(path: string): Promise<{ body: Buffer; type: string } | undefined> {
  const type = TYPES[extname(path)];
  if (!type) return undefined;
  try {
    return { body: await readFile(join(DIST, normalize(path))), type };
  } catch {
    return undefined;
  }
}

const zipped = new Map<string, Buffer>();

function gzip(path: string, body: Buffer): Buffer {
  const made = zipped.get(path) ?? gzipSync(body);
  zipped.set(path, made);
  return made;
}

async function page(path: string, response: ServerResponse): Promise<void> {
  const found = (await file(path)) ?? (path.startsWith('/assets/') ? undefined : await file('/index.html'));
  if (!found) {
    response.writeHead(404).end();
    return;
  }
  const compressed = !path.endsWith('.woff2');
  response.writeHead(200, {
    'content-type': found.type,
    ...(compressed ? { 'content-encoding': 'gzip' } : {}),
    'content-security-policy': CSP,
    'x-content-type-options': 'nosniff',
    'cache-control': path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
  });
  response.end(compressed ? gzip(path, found.body) : found.body);
}

export interface Served {
  url: string;
  close: () => Promise<void>;
}

/** Listens on a free port of this machine. */
export async function serve(api: Handler): Promise<Served> {
  const server = createServer((asked, response) => {
    const path = new URL(asked.url ?? '/', 'http://x').pathname;
    const work = path.startsWith('/api/') || path.startsWith('/kraken-data/') ? api(asked, response) : page(path, response);
    Promise.resolve(work).catch((error: unknown) => {
      console.error(`${asked.method ?? ''} ${path}:`, error);
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((closed) => {
        server.closeAllConnections();
        server.close(() => closed());
      }),
  };
}

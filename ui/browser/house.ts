// A real `kraken up` for the stories: its own directory, a free port, ended with all that it started.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const BUILT = [process.env.KRAKEN_PROGRAMS, join(import.meta.dirname, '../../target/release'), join(import.meta.dirname, '../../target/debug')];
const READY_MS = 30_000;

/** Where kraken, kraken-agent and kraken-tool are; `undefined` when nobody built them. */
export const programs: string | undefined = BUILT.find((folder) => folder !== undefined && ['kraken', 'kraken-agent', 'kraken-tool'].every((name) => existsSync(join(folder, name))));

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

export interface House {
  url: string;
  token: string;
  /** Everything that it keeps; removed at its end. */
  home: string;
  /** Calls the API; throws unless it answers with success. */
  api: <T>(method: string, path: string, body?: unknown) => Promise<T>;
  /** Starts another program of the house; it ends with it. */
  start: (name: string, args: string[], env?: Record<string, string>) => void;
  close: () => Promise<void>;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await over;
  clearTimeout(timer);
}

export async function house(): Promise<House> {
  const folder = programs;
  if (folder === undefined) throw new Error('no programs: run make release');
  const home = await mkdtemp(join(tmpdir(), 'kraken-house-'));
  const children: ChildProcess[] = [];
  const start = (name: string, args: string[], env: Record<string, string> = {}) => {
    children.push(spawn(join(folder, name), args, { stdio: 'ignore', env: { PATH: process.env.PATH, HOME: home, ...env } }));
  };
  const url = `http://127.0.0.1:${await freePort()}`;
  start('kraken', ['up', '--data-dir', join(home, 'data'), '--listen', url.slice('http://'.length)]);

  const close = async () => {
    // Agents before their server.
    for (const child of children.reverse()) await ended(child);
    await rm(home, { recursive: true, force: true });
  };
  try {
    const deadline = Date.now() + READY_MS;
    for (;;) {
      const answer = await fetch(`${url}/api/health`).catch(() => undefined);
      if (answer?.ok) break;
      if (Date.now() > deadline) throw new Error(`kraken up did not answer within ${READY_MS} ms`);
      await new Promise((again) => setTimeout(again, 100));
    }
    const shipped = await readFile(join(import.meta.dirname, '../dist/index.html'), 'utf8').catch(() => '');
    const served = await fetch(url).then((answer) => answer.text());
    if (served !== shipped) throw new Error(`the programs in ${folder} hold another web UI than dist/: run make build (or make release)`);
    const token = (await readFile(join(home, 'data/admin-token'), 'utf8')).trim();
    const api = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
      const answer = await fetch(url + path, { method, headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
      const text = await answer.text();
      if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
      return (text === '' ? undefined : JSON.parse(text)) as T;
    };
    return { url, token, home, api, start, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The code of a stage with one job per name → shell command. */
export function stage(jobs: Record<string, string>, more: Record<string, unknown> = {}): string {
  const python = (value: unknown): string => (typeof value === 'boolean' ? (value ? 'True' : 'False') : Array.isArray(value) ? `[${value.map(python).join(', ')}]` : typeof value === 'object' && value !== null ? `{${Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${python(item)}`).join(', ')}}` : JSON.stringify(value));
  const schema = {
    parent: 'root',
    ...more,
    jobs: Object.entries(jobs).map(([name, cmd]) => ({ name, steps: [{ tool: 'shell', cmd }], environments: [{ system: 'any', agents_group: 'all' }] })),
  };
  return `def stage(ctx):\n    return ${python(schema)}\n`;
}

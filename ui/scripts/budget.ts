// Weighs the built app as a browser gets it, and fails above the budget.
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

const BUILT = join(import.meta.dirname, '../.cache/built');
const KB = 1000;

/** Most bytes, compressed (fonts are already). */
const BUDGET = { initial: 180 * KB, page: 30 * KB, editor: 190 * KB, css: 12 * KB, fonts: 90 * KB };

interface Chunk {
  file: string;
  isEntry?: boolean;
  isDynamicEntry?: boolean;
  imports?: string[];
  css?: string[];
}

const manifest = JSON.parse(await readFile(join(BUILT, '.vite/manifest.json'), 'utf8')) as Record<string, Chunk>;
const sizes = new Map<string, number>();

async function size(file: string): Promise<number> {
  const known = sizes.get(file);
  if (known !== undefined) return known;
  const bytes = await readFile(join(BUILT, file));
  const weighed = file.endsWith('.woff2') ? bytes.length : gzipSync(bytes, { level: 9 }).length;
  sizes.set(file, weighed);
  return weighed;
}

/** A chunk and all that it imports at once. */
function closure(key: string, seen = new Set<string>()): Set<string> {
  const chunk = manifest[key];
  if (!chunk || seen.has(key)) return seen;
  seen.add(key);
  for (const next of chunk.imports ?? []) closure(next, seen);
  return seen;
}

async function weigh(keys: Iterable<string>): Promise<number> {
  let total = 0;
  for (const key of keys) total += await size(manifest[key]?.file ?? '');
  return total;
}

const files = (await readdir(join(BUILT, 'assets'))).map((name) => `assets/${name}`);
async function weighFiles(ending: string): Promise<number> {
  let total = 0;
  for (const file of files) if (file.endsWith(ending)) total += await size(file);
  return total;
}

const problems: string[] = [];
function report(what: string, bytes: number, most: number): void {
  console.log(`${what.padEnd(34)} ${(bytes / KB).toFixed(1).padStart(7)} KB of ${most / KB}`);
  if (bytes > most) problems.push(`${what} weighs ${(bytes / KB).toFixed(1)} KB, the budget is ${most / KB} KB`);
}

const [entry] = Object.entries(manifest).find(([, chunk]) => chunk.isEntry) ?? [''];
const initial = closure(entry);
report('initial JavaScript', await weigh(initial), BUDGET.initial);
report('CSS', await weighFiles('.css'), BUDGET.css);
report('fonts', await weighFiles('.woff2'), BUDGET.fonts);
for (const [key, chunk] of Object.entries(manifest)) {
  if (!chunk.isDynamicEntry) continue;
  const own = [...closure(key)].filter((part) => !initial.has(part));
  report(key.replace('src/', ''), await weigh(own), key.endsWith('/CodeEditor.tsx') ? BUDGET.editor : BUDGET.page);
}
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
}

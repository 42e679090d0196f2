// Puts what vite built into dist/, which is served: compressed beside plain, and only what changed is written. So a program that takes dist/
// in is built anew only when the UI is another one.
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, extname, join, relative } from 'node:path';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { promisify } from 'node:util';

const BUILT = join(import.meta.dirname, '../.cache/built');
const DIST = join(import.meta.dirname, '../dist');
/** What is worth compressing; fonts are already. */
const TEXT = new Set(['.html', '.js', '.css', '.svg']);

async function files(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return found.filter((entry) => entry.isFile()).map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

/** Whole or not at all. */
async function write(name: string, bytes: Uint8Array): Promise<void> {
  const path = join(DIST, name);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, bytes);
  await rename(`${path}.new`, path);
}

// The list of chunks is for those who weigh, not for those who serve.
const built = (await files(BUILT)).filter((name) => !name.startsWith('.vite'));
// The page last: what it names is there before it.
built.sort((one, other) => Number(one === 'index.html') - Number(other === 'index.html'));
const before = new Set(await files(DIST));
let written = 0;

for (const name of built) {
  const bytes = await readFile(join(BUILT, name));
  const packed = TEXT.has(extname(name)) ? ['.gz', '.br'] : [];
  const kept = before.has(name) && bytes.equals(await readFile(join(DIST, name))) && packed.every((ending) => before.has(name + ending));
  for (const part of [name, ...packed.map((ending) => name + ending)]) before.delete(part);
  if (kept) continue;
  if (packed.length > 0) {
    await write(`${name}.gz`, await promisify(gzip)(bytes, { level: 9 }));
    await write(`${name}.br`, await promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
  }
  await write(name, bytes);
  written += 1;
}
for (const name of before) await rm(join(DIST, name));
if (written > 0 || before.size > 0) console.log(`dist/: ${written} of ${built.length} files are new, ${before.size} gone`);

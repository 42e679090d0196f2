// Writes the API client in src/api/generated from docs/openapi.json; with --check, says whether it is current instead.
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

import { createClient } from '@hey-api/openapi-ts';

const ROOT = join(import.meta.dirname, '..');
const DOCUMENT = join(ROOT, '../docs/openapi.json');
const GENERATED = join(ROOT, 'src/api/generated');

async function generate(folder: string): Promise<void> {
  await createClient({
    input: JSON.parse(await readFile(DOCUMENT, 'utf8')) as Record<string, unknown>,
    output: { path: folder, entryFile: false },
    plugins: ['@hey-api/client-fetch', '@hey-api/typescript', { name: '@hey-api/sdk', operations: { strategy: 'flat' } }],
    logs: { level: 'error' },
  });
}

async function contents(folder: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(relative(folder, path), await readFile(path, 'utf8'));
  }
  return files;
}

/** The files that differ between two folders. */
async function differences(one: string, other: string): Promise<string[]> {
  const [here, there] = [await contents(one), await contents(other)];
  return [...new Set([...here.keys(), ...there.keys()])].filter((name) => here.get(name) !== there.get(name)).sort();
}

if (process.argv.includes('--check')) {
  const fresh = await mkdtemp(join(tmpdir(), 'kraken-client-'));
  try {
    await generate(fresh);
    const stale = await differences(GENERATED, fresh);
    if (stale.length > 0) {
      console.error(`src/api/generated is not what docs/openapi.json gives (${stale.join(', ')}): run npm run client`);
      process.exitCode = 1;
    }
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
} else {
  await rm(GENERATED, { recursive: true, force: true });
  await mkdir(GENERATED, { recursive: true });
  await generate(GENERATED);
}

// Every package that is installed has a licence that asks for nothing but its notice; tools may also be MPL-2.0, they are not shipped.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..');
const SHIPPED = new Set(['MIT', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'OFL-1.1', 'CC0-1.0', 'BlueOak-1.0.0', 'Python-2.0', 'Unlicense']);
const TOOLS = new Set([...SHIPPED, 'MPL-2.0', 'CC-BY-4.0']);

interface Locked {
  packages: Record<string, { dev?: boolean; optional?: boolean; license?: string }>;
}

/** `(MIT OR CC0-1.0)`: one of them is enough. */
const allowed = (licence: string, by: ReadonlySet<string>) => licence.replace(/[()]/g, '').split(' OR ').some((one) => by.has(one.trim()));

const lock = JSON.parse(await readFile(join(ROOT, 'package-lock.json'), 'utf8')) as Locked;
const wrong: string[] = [];
for (const [path, { dev, optional, license }] of Object.entries(lock.packages)) {
  if (path === '') continue;
  if (license === undefined || !allowed(license, dev === true || optional === true ? TOOLS : SHIPPED)) wrong.push(`${path.replace('node_modules/', '')}: ${license ?? 'no licence'}`);
}
if (wrong.length > 0) {
  console.error(`licences that were not agreed on:\n${wrong.join('\n')}`);
  process.exitCode = 1;
}
